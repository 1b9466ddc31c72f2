# Which slot to start. RAUC sets BOOT_ORDER and the tries; every start uses one try up, and a slot that is found
# good gets all of them back. A board on which no slot has a try left starts again with all tries: better a
# system that may be broken than none.
test -n "${BOOT_ORDER}" || setenv BOOT_ORDER "A B"
test -n "${BOOT_A_LEFT}" || setenv BOOT_A_LEFT 3
test -n "${BOOT_B_LEFT}" || setenv BOOT_B_LEFT 3

setenv part
for slot in ${BOOT_ORDER}; do
  if test -n "${part}"; then
    true
  elif test "${slot}" = "A" && test ${BOOT_A_LEFT} -gt 0; then
    setexpr BOOT_A_LEFT ${BOOT_A_LEFT} - 1
    setenv part 3
    setenv bootargs "@CMDLINE_A@"
  elif test "${slot}" = "B" && test ${BOOT_B_LEFT} -gt 0; then
    setexpr BOOT_B_LEFT ${BOOT_B_LEFT} - 1
    setenv part 4
    setenv bootargs "@CMDLINE_B@"
  fi
done

if test -z "${part}"; then
  setenv BOOT_A_LEFT 3
  setenv BOOT_B_LEFT 3
  saveenv
  reset
fi
saveenv

# The firmware's device tree is the one that knows this board.
if load ${devtype} ${devnum}:${part} ${kernel_addr_r} boot/Image; then
  if test -n "${fdt_addr}"; then
    booti ${kernel_addr_r} - ${fdt_addr}
  else
    booti ${kernel_addr_r} - ${fdtcontroladdr}
  fi
fi
reset
