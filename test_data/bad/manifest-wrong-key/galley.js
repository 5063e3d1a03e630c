export const recipe_roots = ['recipes'];
export const packages = [];
export const depots = ['https://depot.example.com', 7];
export const trusted_keys = ['ed25519:AAAA'];
