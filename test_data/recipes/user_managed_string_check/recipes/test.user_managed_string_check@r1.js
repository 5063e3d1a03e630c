// A check that is a shell string: its status is the answer. It starts in the project.
export const identity = 'test.user_managed_string_check@r1';

export const check = 'test -f galley.js && test -f "$HOME/oven"';
export const install = 'echo hot > "$HOME/oven"';
