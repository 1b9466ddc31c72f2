"""A mail server for the tests of the hub: aiosmtpd, with TLS from the beginning, with STARTTLS, with a certificate for
another name, and one that never says anything. Who signs in is "hub" with "correct horse". What it takes it writes to
files; the address of a recipient says what becomes of a message:

later-…    the first time 451
unknown-…  550
slow-…     an answer only after a minute
"""

import asyncio
import json
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

directory = sys.argv[1]


def path(name):
    return os.path.join(directory, name)


class Handler:
    def __init__(self):
        self.seen = set()
        self.count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("unknown-"):
            return "550 5.1.1 nobody of this name here"
        if address.startswith("slow-"):
            await asyncio.sleep(60)
        if address.startswith("later-") and address not in self.seen:
            self.seen.add(address)
            return "451 4.7.1 come back later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        message = {
            "to": envelope.rcpt_tos,
            "from": envelope.mail_from,
            "text": envelope.content.decode(),
            "signedIn": bool(session.authenticated),
            "tls": session.ssl is not None or server.transport.get_extra_info("ssl_object") is not None,
        }
        # Under a name of its own for whom it is to, so that tests do not take each other's.
        name = f"{envelope.rcpt_tos[0]}.{self.count}"
        with open(path("part"), "w") as file:
            json.dump(message, file)
        os.rename(path("part"), path(f"messages/{name}.json"))
        return "250 2.0.0 taken"


def sign_in(server, session, envelope, mechanism, data):
    good = mechanism in ("PLAIN", "LOGIN") and (data.login, data.password) == (b"hub", b"correct horse")
    # Not handled: the server itself says 535.
    return AuthResult(success=good, handled=False)


def context(name):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(path(f"{name}.pem"), path(f"{name}.key"))
    return made


async def silent(reader, writer):
    await reader.read()
    writer.close()


async def main():
    os.mkdir(path("messages"))
    loop, handler = asyncio.get_running_loop(), Handler()
    common = {"authenticator": sign_in, "auth_required": True, "hostname": "mail.example"}

    async def listen(**more):
        tls = more.pop("ssl", None)
        server = await loop.create_server(
            lambda: SMTP(handler, **common, **more), host="127.0.0.1", port=0, ssl=tls
        )
        return server.sockets[0].getsockname()[1]

    # From the beginning: aiosmtpd counts only STARTTLS as TLS when it asks for it.
    about = {
        "tls": await listen(ssl=context("localhost"), auth_require_tls=False),
        "starttls": await listen(tls_context=context("localhost"), require_starttls=True),
        "otherName": await listen(ssl=context("elsewhere.example"), auth_require_tls=False),
        "plain": await listen(auth_require_tls=False),
        "ca": open(path("ca.pem")).read(),
        "messages": path("messages"),
    }
    server = await asyncio.start_server(silent, host="127.0.0.1", port=0)
    about["silent"] = server.sockets[0].getsockname()[1]
    with open(path("part"), "w") as file:
        json.dump(about, file)
    os.rename(path("part"), path("server.json"))
    await asyncio.Event().wait()


asyncio.run(main())
