// The CycloneDX library, in the parts that a bill of materials needs. Loaded when somebody asks for one.

export type Library = Awaited<ReturnType<typeof loadLibrary>>;

export async function loadLibrary() {
  const [enums, models, serialize, spdx, spec] = await Promise.all([
    import('@cyclonedx/cyclonedx-library/Enums'),
    import('@cyclonedx/cyclonedx-library/Models'),
    import('@cyclonedx/cyclonedx-library/Serialize'),
    import('@cyclonedx/cyclonedx-library/SPDX'),
    import('@cyclonedx/cyclonedx-library/Spec'),
  ]);
  // Bundled, a CommonJS package has nothing but its default export.
  return {
    Enums: enums.default,
    Models: models.default,
    Serialize: serialize.default,
    SPDX: spdx.default,
    Spec: spec.default,
  };
}
