// The LED of the board, on and off as a heart beats: two short flashes, and a rest.
#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))

#define RCC_APB2ENR REGISTER(0x40021018) // clocks of the ports
#define GPIOC_CRH REGISTER(0x40011004)   // modes of pins 8 to 15
#define GPIOC_BSRR REGISTER(0x40011010)  // sets a pin, and in the upper half clears one
#define SYST_CSR REGISTER(0xe000e010)
#define SYST_RVR REGISTER(0xe000e014)

enum { CLOCK_HZ = 8000000, TICKS_PER_SECOND = 1000, LED = 13 };

static volatile uint32_t now;

void tick(void) { now++; }

// Of sixteen parts of a beat. In RAM, so that a debugger can play another one.
static uint8_t rhythm[16] = {1, 1, 0, 0, 1, 1};

static uint32_t part_of_beat(uint32_t ticks) {
  const uint64_t parts = (uint64_t)ticks * BEATS_PER_MINUTE * sizeof rhythm;
  return (uint32_t)(parts / (60 * TICKS_PER_SECOND) % sizeof rhythm);
}

int main(void) {
  RCC_APB2ENR |= 1u << 4;
  GPIOC_CRH = (GPIOC_CRH & ~(0xfu << 20)) | (0x2u << 20);
  SYST_RVR = CLOCK_HZ / TICKS_PER_SECOND - 1;
  SYST_CSR = 7;
  for (;;) {
    const int lit = rhythm[part_of_beat(now)];
    GPIOC_BSRR = 1u << (lit ? LED + 16 : LED); // the LED is lit when its pin is low
    __asm__ volatile("wfi");
  }
}
