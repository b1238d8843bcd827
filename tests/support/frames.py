"""Frames of a WebSocket client (RFC 6455, section 5.2), good ones and others, made byte by byte."""

from __future__ import annotations


def masked_frame(mask: bytes, payload: bytes, opcode: int, fin: bool = True, announced: int | None = None) -> bytes:
    """A frame under a mask of four bytes; ``announced`` lies about its length."""
    size = len(payload) if announced is None else announced
    head = bytes([(0x80 if fin else 0) | opcode])
    if size < 126:
        head += bytes([0x80 | size])
    elif size < 65_536:
        head += bytes([0xFE]) + size.to_bytes(2, "big")
    else:
        head += bytes([0xFF]) + size.to_bytes(8, "big")
    masked = int.from_bytes(payload, "big") ^ int.from_bytes((mask * (len(payload) // 4 + 1))[: len(payload)], "big")
    return head + mask + masked.to_bytes(len(payload), "big")
