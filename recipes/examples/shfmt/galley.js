// A tool in Go, built with the go that is on the host.
export const packages = ['galley.shfmt@r1'];
