"""Makes an account with some of everything for tools/api-fuzz: tokens of each role, and things.json with the ids of
what there is, by the part of the path that they follow."""

import base64
import hashlib
import json
import os
import pathlib
import subprocess
import sys

work = pathlib.Path(sys.argv[1])
hub = os.environ["SIGNAGE_HUB"]
PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
# Requests delete things, so there are some of each.
SOME = 3


def run(*arguments, body=None):
    """What a command answers."""
    done = subprocess.run(
        [hub, *arguments, "--json"],
        input=None if body is None else json.dumps(body),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def acme(*arguments, body=None):
    """The same for the account."""
    return run(*arguments, "--account", "Acme", body=body)


def ids(found):
    """Their ids."""
    return [one["id"] for one in found]


run("account", "create", "--name", "Acme", "--email", "admin@example.org")
for role in ["admin", "content", "viewer"]:
    acme("api-token", "create", "--name", role, "--role", role, "--out", str(work / role))

things = {}
picture = work / "a.png"
picture.write_bytes(base64.b64decode(PICTURE))
playlists = [acme("playlist", "create", "--name", f"Loop {n}", str(picture))["id"] for n in range(SOME)]
acme("playlist", "default", playlists[0])
things["playlists"] = playlists
for n in range(SOME):
    # Other bytes, or it would be the same content.
    (work / f"{n}.png").write_bytes(picture.read_bytes() + bytes([n]))
    acme("content", "add", "--folder", "Berlin", str(work / f"{n}.png"))
things["content"] = ids(acme("content", "list"))

target = {"kind": "playlist", "playlist": playlists[0]}
timing = {"date": "2026-12-01", "spans": [{"from": "12:00", "to": "13:00"}]}
drafts = [
    ("layout", "layouts", {"design": {"width": 1920, "height": 1080}}),
    ("timeblock", "time-blocks", {"times": {"days": ["mon"], "spans": [{"from": "08:00", "to": "18:00"}]}}),
    ("schedule", "schedules", {"target": target, "audience": {"everybody": True}, "timing": timing}),
]
for noun, kind, body in drafts:
    things[kind] = []
    for n in range(SOME):
        things[kind].append(acme(noun, "create", "--file", "-", body={"name": f"{noun} {n}", **body})["id"])
alarm = {"name": "Alarm", "target": target, "audience": {"everybody": True}, "minutes": 60}
things["overrides"] = [acme("override", "start", "--file", "-", body=alarm)["id"] for _ in range(SOME)]

things["tokens"] = [acme("token", "create", "--kind", "provisioning", "--name", f"Site {n}")["id"] for n in range(SOME)]
acme("token", "bulk", "--count", "3", "--name", "Shop {n}", "--folder", "Shops")
acme("code", "policy", "--admin-codes", "true")
things["authorization-codes"] = ids(acme("code", "create", "--kind", "cloud", "--days", "30", "--count", str(SOME)))
codes = acme("code", "create", "--kind", "local", "--days", "30", "--count", str(2 * SOME))
things["screens"] = []
for n, code in enumerate(codes[:SOME]):
    # A device id is the digest of a key.
    device = base64.urlsafe_b64encode(hashlib.sha256(bytes([n])).digest()).decode().rstrip("=")
    screen = acme("device", "local", "--device-code", device, "--name", f"Screen {n}", "--code", code["code"])
    things["screens"].append(screen["id"])
things["commands"] = ids(acme("device", "command", "screenshot", "--all"))
things["groups"] = [acme("group", "create", "--name", f"Group {n}")["id"] for n in range(SOME)]
things["screen-groups"] = [acme("device", "group", "create", f"Group {n}")["id"] for n in range(SOME)]
for n in range(SOME):
    acme("operator", "invite", "--email", f"guest{n}@example.org", "--role", "viewer")
people = acme("operator", "list")
things["people"] = [one["id"] for one in people if one["state"] == "joined"]
things["invitations"] = [one["id"] for one in people if one["state"] == "invited"]
channel = ("alert", "add-channel", "--kind", "webhook", "--target", "https://192.0.2.1/x")
things["alert-channels"] = [acme(*channel, "--name", f"Channel {n}")["id"] for n in range(SOME)]
things["alert-rules"] = [acme("alert", "add-rule", "--kind", "fault")["id"] for _ in range(SOME)]
things["publications"] = [acme("publish", "now")["id"]]
(work / "things.json").write_text(json.dumps(things))
