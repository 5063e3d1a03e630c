/** What programs have to be for to run here, in the words of Node: `linux-x64`. */
export const MACHINE = `${process.platform}-${process.arch}`;
