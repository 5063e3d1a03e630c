// What is there before main: the table that the processor reads, and a RAM as C expects it.
#include <stdint.h>

extern uint32_t data_in_flash, data_begin, data_end, bss_begin, bss_end, stack_end;

int main(void);
void tick(void);

_Noreturn void start(void) {
  const uint32_t *from = &data_in_flash;
  for (uint32_t *to = &data_begin; to < &data_end; to++) *to = *from++;
  for (uint32_t *to = &bss_begin; to < &bss_end; to++) *to = 0;
  main();
  for (;;) {
  }
}

static void hang(void) {
  for (;;) {
  }
}

__attribute__((section(".vectors"), used)) static const void *const vectors[16] = {
    &stack_end, start, hang, hang, hang, hang, hang, 0, 0, 0, 0, hang, hang, 0, hang, tick,
};
