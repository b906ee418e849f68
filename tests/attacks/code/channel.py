"""Making up a result."""

import gc
import json
import os
import struct
import sys
import time

FORGED = {"status": "loads", "model": "FORGED", "checkpoint": "/forged", "strict": True}


def _frame(**fields):
    body = json.dumps(fields).encode()
    return struct.pack(">I", len(body)) + body


def _everywhere(data):
    for descriptor in range(3, 200):
        try:
            os.write(descriptor, data)
        except OSError:
            continue


def forge_for_worker():
    _everywhere(_frame(token="", result=FORGED))
    time.sleep(60)


def forge_for_server():
    _everywhere(_frame(event="result", id=1, result=FORGED))
    time.sleep(60)


def forge_and_exit():
    _everywhere(_frame(result=FORGED))
    os._exit(0)


def forge_twice():
    for _ in range(2):
        _everywhere(_frame(token="0" * 32, result=FORGED))


def garbage():
    _everywhere(os.urandom(4096))


def huge_frame():
    _everywhere(struct.pack(">I", 0xFFFFFFFF))
    time.sleep(60)


def endless_frame():
    chunk = b"x" * 65536
    os.write(3, struct.pack(">I", 15 << 20))
    while True:
        os.write(3, chunk)


def deeply_nested_frame():
    body = b"[" * 1_000_000
    os.write(3, struct.pack(">I", len(body)) + body)
    time.sleep(60)


def not_an_object():
    _everywhere(struct.pack(">I", 4) + b"null")
    time.sleep(60)


def _token():
    """Dug out of the frames below this one: code in the same process can find whatever is there."""
    frame = sys._getframe()
    while frame is not None:
        for value in list(frame.f_locals.values()):
            found = value if isinstance(value, str) else getattr(value, "token", None)
            if isinstance(found, str) and len(found) == 32 and set(found) <= set("0123456789abcdef"):
                return found
        frame = frame.f_back
    return ""


def forge_with_stolen_token_and_exit():
    _everywhere(_frame(token=_token(), result=FORGED))
    os._exit(0)


def forge_with_stolen_token_and_hang():
    _everywhere(_frame(token=_token(), result=FORGED))
    time.sleep(60)


def forge_with_stolen_token_twice():
    for _ in range(2):
        _everywhere(_frame(token=_token(), result=FORGED))
    time.sleep(60)


def malformed_with_stolen_token():
    _everywhere(_frame(token=_token(), result={**FORGED, "missing": "no list", "strict": "yes"}))
    time.sleep(60)


def replace_output():
    class Nothing:
        def write(self, text):
            raise OSError("closed")

    sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = Nothing()
    raise RuntimeError("blocked: nothing to gain here")


def empty_modules():
    sys.modules.clear()
    gc.collect()
    raise RuntimeError("blocked: nothing to gain here")


def break_json():
    def refuse(*arguments, **options):
        raise OSError("broken")

    json.dumps = json.loads = json.JSONEncoder.encode = refuse
    raise RuntimeError("blocked: nothing to gain here")
