// The helpers of ctx that touch nothing outside: path, template, log.
(kit) => {
  const checkText = (what, value) => {
    if (typeof value !== 'string')
      throw kit.refusal('INVALID_ARGUMENT', `${what} needs a string, found ${typeof value}`);
    return value;
  };

  /** `a/./b/../c` → `a/c`. Recipes write paths with `/` on every system. */
  const normalize = (path) => {
    const absolute = path.startsWith('/');
    const kept = [];
    for (const part of path.split('/')) {
      if (part === '' || part === '.') continue;
      if (part !== '..') kept.push(part);
      else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop();
      else if (!absolute) kept.push('..');
    }
    return `${absolute ? '/' : ''}${kept.join('/')}` || '.';
  };

  const basename = (path) => normalize(checkText('ctx.path.basename()', path)).split('/').at(-1);
  const extOf = (base) => base.slice(base.lastIndexOf('.') > 0 ? base.lastIndexOf('.') : base.length);

  const path = {
    join: (...parts) => normalize(parts.map((part) => checkText('ctx.path.join()', part)).join('/')),
    basename,
    dirname: (path) => {
      const whole = normalize(checkText('ctx.path.dirname()', path));
      const cut = whole.lastIndexOf('/');
      return cut > 0 ? whole.slice(0, cut) : cut === 0 ? '/' : '.';
    },
    stem: (path) => {
      const base = basename(path);
      return base.slice(0, base.length - extOf(base).length);
    },
    ext: (path) => extOf(basename(path)),
  };

  /** Replaces every `{{name}}`; a name without a value is an error, so a typing mistake never reaches a file. */
  const template = (text, values) =>
    checkText('ctx.template()', text).replace(/\{\{\s*([\w.-]+)\s*\}\}/g, (whole, name) => {
      const value = Object.hasOwn(values ?? {}, name) ? values[name] : undefined;
      if (['string', 'number', 'boolean'].includes(typeof value)) return `${value}`;
      const known = Object.keys(values ?? {}).join(', ') || 'none';
      throw kit.refusal('INVALID_ARGUMENT', `ctx.template() has no text for "${whole}"; values given: ${known}`);
    });

  const say = (level) => (message) => {
    kit.note('log', [level, typeof message === 'string' ? message : kit.textOf(message)]);
  };

  kit.helpers = {
    path: Object.freeze(path),
    template,
    log: Object.freeze({ debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') }),
  };
};
