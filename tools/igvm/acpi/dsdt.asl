/* SPDX-License-Identifier: MIT */
/*
 * The devices of QEMU's q35 that a guest without firmware needs, and no more: the PCI root with its windows and interrupt
 * routing, the first serial port, the clock, and power-off. The second serial port is the SVSM's and not named here.
 */
DefinitionBlock ("dsdt.aml", "DSDT", 2, "COPRA ", "SVSM    ", 1)
{
	Scope (\_SB)
	{
		Device (PCI0)
		{
			Name (_HID, EisaId ("PNP0A03"))
			Name (_UID, 0)
			Name (_BBN, 0)

			/* Memory: from above the ECAM window, where QEMU's firmware puts BARs, to the I/O APIC */
			Name (_CRS, ResourceTemplate ()
			{
				WordBusNumber (ResourceProducer, MinFixed, MaxFixed, PosDecode,
					0x0000, 0x0000, 0x00FF, 0x0000, 0x0100)
				IO (Decode16, 0x0CF8, 0x0CF8, 0x01, 0x08)
				WordIO (ResourceProducer, MinFixed, MaxFixed, PosDecode, EntireRange,
					0x0000, 0x0000, 0x0CF7, 0x0000, 0x0CF8)
				WordIO (ResourceProducer, MinFixed, MaxFixed, PosDecode, EntireRange,
					0x0000, 0x0D00, 0xFFFF, 0x0000, 0xF300)
				DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, NonCacheable, ReadWrite,
					0x00000000, 0xC0000000, 0xFEBFFFFF, 0x00000000, 0x3EC00000)
			})

			/*
			 * Slots 0 to 24: (slot + pin) mod 4 on the inputs 20 to 23; slots 25 to 31: the pin on the
			 * inputs 16 to 19, slot 30 on 20 to 23 (ICH9 after reset, as QEMU models it).
			 */
			Method (_PRT)
			{
				Local5 = Package (128) {}
				Local0 = 0
				While (Local0 < 128)
				{
					Local1 = Local0 >> 2
					Local2 = Local0 & 3
					If (Local1 < 25)
					{
						Local3 = ((Local1 + Local2) & 3) + 20
					}
					ElseIf (Local1 == 30)
					{
						Local3 = Local2 + 20
					}
					Else
					{
						Local3 = Local2 + 16
					}
					Local4 = Package (4) { 0, 0, 0, 0 }
					Local4 [0] = (Local1 << 16) | 0xFFFF
					Local4 [1] = Local2
					Local4 [3] = Local3
					Local5 [Local0] = Local4
					Local0++
				}
				Return (Local5)
			}

			Device (ISA)
			{
				Name (_ADR, 0x001F0000)

				Device (COM1)
				{
					Name (_HID, EisaId ("PNP0501"))
					Name (_UID, 1)
					Name (_STA, 0x0F)
					Name (_CRS, ResourceTemplate ()
					{
						IO (Decode16, 0x03F8, 0x03F8, 0x01, 0x08)
						IRQNoFlags () { 4 }
					})
				}

				Device (RTC)
				{
					Name (_HID, EisaId ("PNP0B00"))
					Name (_CRS, ResourceTemplate ()
					{
						IO (Decode16, 0x0070, 0x0070, 0x01, 0x08)
						IRQNoFlags () { 8 }
					})
				}
			}
		}
	}

	Name (\_S5, Package (4) { 0, 0, 0, 0 })
}
