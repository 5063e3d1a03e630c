import { describe, expect, it } from 'vitest';
import { identify } from './purl.ts';
import type { SuppliedFile } from './supplies.ts';

const COMMIT = 'c'.repeat(40);
const SHA = 'a'.repeat(64);
const of = (...files: SuppliedFile[]) => identify({ name: 'zlib', version: '1.3', files });
const from = (source: string, url = `https://registry.test/x`) =>
  identify({ name: 'zlib', version: undefined, files: [{ source, url, digest: SHA }] });

describe('the purl of a package', () => {
  it.each([
    ['npm:left-pad@1.3.0', 'pkg:npm/left-pad@1.3.0', '1.3.0'],
    ['npm:@scope/x@1.0.0-rc.1+b', 'pkg:npm/%40scope/x@1.0.0-rc.1%2Bb', '1.0.0-rc.1+b'],
    ['crates:serde@1.0.1', 'pkg:cargo/serde@1.0.1', '1.0.1'],
    ['pypi:My_Project.x@2.0#*linux*', 'pkg:pypi/my-project-x@2.0', '2.0'],
  ])('of %s says so, and its version', (source, purl, version) => expect(from(source)).toEqual({ purl, version }));

  it('of a release or repository of GitHub names that', () => {
    expect(from('github:Acme/Tool@v1.2#tool.tar.gz')).toEqual({ purl: 'pkg:github/acme/tool@v1.2' });
    const url = `git+https://github.com/Acme/Tool.git#${COMMIT}&subdir=a/b`;
    expect(from(url.replace(COMMIT, 'main'), url)).toEqual({ purl: `pkg:github/acme/tool@${COMMIT}#a/b` });
  });

  it('of any other repository is the address with the commit that the lock file knows', () => {
    const source = 'git+ssh://git@host.test/x.git#main';
    expect(from(source, `git+ssh://git@host.test/x.git#${COMMIT}`)).toEqual({
      purl: `pkg:generic/zlib?vcs_url=git%2Bssh:%2F%2Fgit%40host.test%2Fx.git%40${COMMIT}`,
    });
  });

  it('of a download says from where, and which bytes', () => {
    expect(of({ source: 'https://a.test/z.tgz', url: 'https://a.test/z.tgz', digest: SHA })).toEqual({
      purl: `pkg:generic/zlib@1.3?checksum=sha256:${SHA}&download_url=https:%2F%2Fa.test%2Fz.tgz`,
      version: '1.3',
    });
    expect(of({ source: 'https://a.test/z.tgz', url: 'https://a.test/z.tgz' }).purl).not.toContain('checksum');
  });

  it('of several downloads is no more than its name, and without a version nothing', () => {
    const files = ['a', 'b'].map((name) => ({ source: `npm:${name}@1.0.0`, url: `https://a.test/${name}` }));
    expect(of(...files)).toEqual({ purl: 'pkg:generic/zlib@1.3', version: '1.3' });
    expect(identify({ name: 'zlib', version: undefined, files })).toEqual({});
    expect(identify({ name: 'zlib', version: undefined, files: [{ source: 'src' }] })).toEqual({});
  });

  it('takes what is written wrongly for a download', () => {
    expect(from('npm:left-pad').purl).toContain('pkg:generic/zlib?');
  });
});
