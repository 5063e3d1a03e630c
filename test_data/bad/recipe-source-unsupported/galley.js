export const packages = [{ recipe: 'test.tool@r1', source: 'oci://registry.example.com/tool' }];
