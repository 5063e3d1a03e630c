// Shells that can complete command lines of galley; each has a script in runtime/shell.
export const COMPLETED_SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
