"""What the program that generates requests does not know from the description: ids of things that are there."""

import json
import os
import zlib

import schemathesis

with open(os.environ["API_FUZZ_THINGS"], encoding="utf-8") as file:
    THINGS = json.load(file)

# Members of bodies that name things.
NAMES = {
    "playlist": "playlists",
    "layout": "layouts",
    "content": "content",
    "timeBlock": "time-blocks",
    "group": "screen-groups",
    "channel": "alert-channels",
    "other": "screens",
    "screens": "screens",
    "ids": "screens",
    "members": "people",
    "only": "playlists",
}


def known(kind, text):
    """The id of a thing instead of half of all texts. Which ones is decided by the text, so it stays the same."""
    ids = THINGS.get(kind)
    number = zlib.crc32(text.encode("utf-8", "surrogatepass"))
    return ids[number // 2 % len(ids)] if ids and number % 2 == 0 and len(text) < 200 else text


def replaced(value, kind=None):
    """A body with such ids."""
    if isinstance(value, dict):
        return {name: replaced(member, NAMES.get(name)) for name, member in value.items()}
    if isinstance(value, list):
        return [replaced(item, kind) for item in value]
    return known(kind, value) if kind and isinstance(value, str) else value


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Ids of things that are there, in paths."""
    parts = context.operation.path.split("/")
    if path_parameters and isinstance(path_parameters.get("id"), str) and "{id}" in parts:
        kind = parts[parts.index("{id}") - 1]
        return {**path_parameters, "id": known(kind, path_parameters["id"])}
    return path_parameters


@schemathesis.hook
def map_body(context, body):
    """Ids of things that are there, in bodies."""
    return replaced(body)


@schemathesis.serializer("application/offset+octet-stream", "*/*")
def octets(ctx, value):
    """The body of an upload is bytes, whatever was generated."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
