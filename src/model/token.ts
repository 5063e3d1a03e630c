// Which variable of a person's environment holds the token for the servers below an address. The token itself is in no
// file of ours.
export interface TokenRule {
  prefix: string;
  variable: string;
}
