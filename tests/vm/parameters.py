# SPDX-License-Identifier: MIT
"""Programs of guests/ that read two numbers behind a mark in their image (guests/firmware/places.h)."""

import struct

from harness import BUILD, Boot

MARK = b"COPRAPRM"


class Parameters(Boot):
    def image(self, program, words, cpus, *options):
        """An IGVM file with the program as firmware."""
        firmware = bytearray((BUILD / f"guests/{program}.fd").read_bytes())
        at = firmware.rindex(MARK) + len(MARK)
        firmware[at:at + 16] = struct.pack("<QQ", *words)
        path = self.folder / f"{program}.fd"
        path.write_bytes(firmware)
        return self.igvm_build("--firmware", path, "--cpus", str(cpus), *options)
