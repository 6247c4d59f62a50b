"""A mail server as a process of its own: ``python -m tests.support.mail_server PORT FILE [CERT KEY] [--refuse | --drip | --die-after]``.

Takes mails over SMTP (RFC 5321), with STARTTLS where it is given a certificate, and appends each as one line of JSON to FILE. Prints its port.
``--die-after`` takes one mail, writes it down and never answers.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
from pathlib import Path


class Conversation:
    """One client."""

    def __init__(self, file: Path, context: ssl.SSLContext | None, mode: str) -> None:
        self._file = file
        self._context = context
        self._mode = mode
        self._secure = False

    async def run(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._mode == "--drip":
            while True:
                writer.write(b"2")
                await writer.drain()
                await asyncio.sleep(0.2)
        await self._say(writer, "220 mail.test ready")
        sender, to = "", list[str]()
        while line := (await reader.readline()).decode("utf-8", "replace").strip():
            verb = line.split(" ")[0].upper()
            if verb == "EHLO":
                extra = "250-STARTTLS\r\n" if self._context is not None and not self._secure else ""
                await self._say(writer, f"250-mail.test\r\n{extra}250-AUTH PLAIN LOGIN\r\n250 8BITMIME")
            elif verb == "STARTTLS" and self._context is not None:
                await self._say(writer, "220 go ahead")
                await writer.start_tls(self._context)
                self._secure = True
            elif verb == "AUTH":
                await self._say(writer, "235 welcome" if "AGQtbWFpbABvcGVuIHNlc2FtZQ==" in line else "535 wrong password")
            elif verb == "MAIL":
                sender = line
                await self._say(writer, "250 ok")
            elif verb == "RCPT":
                if self._mode == "--refuse":
                    await self._say(writer, "550 no such person\x07here")
                else:
                    to.append(line)
                    await self._say(writer, "250 ok")
            elif verb == "DATA":
                await self._say(writer, "354 go on")
                content = (await reader.readuntil(b"\r\n.\r\n")).decode("utf-8", "replace")
                with self._file.open("a") as file:
                    file.write(json.dumps({"from": sender, "to": to, "secure": self._secure, "content": content}) + "\n")
                if self._mode == "--die-after":
                    await asyncio.sleep(3600)
                await self._say(writer, "250 taken")
                to = []
            elif verb == "QUIT":
                await self._say(writer, "221 bye")
                return
            else:
                await self._say(writer, "250 ok")

    async def _say(self, writer: asyncio.StreamWriter, text: str) -> None:
        writer.write(text.encode() + b"\r\n")
        await writer.drain()


async def main(port: int, file: Path, cert: str, key: str, mode: str) -> None:
    """Serve for ever."""
    context = None
    if cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
    server = await asyncio.start_server(lambda r, w: Conversation(file, context, mode).run(r, w), "127.0.0.1", port)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    words = [word for word in sys.argv[3:] if not word.startswith("--")]
    modes = [word for word in sys.argv[3:] if word.startswith("--")]
    pair = words if len(words) == 2 else ["", ""]
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2]), pair[0], pair[1], modes[0] if modes else ""))
