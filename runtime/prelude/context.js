// Builds `ctx`: the facts, the helpers, and one function for each method of the host. It is frozen, and a member that
// does not exist is an error and not `undefined`, which would end up in somebody's path.
(kit) => {
  const { freeze, hasOwn, keys, NativeProxy } = kit.intrinsics;

  /** Every method of ctx, with the verb it belongs to when only one has it. */
  const METHODS = {
    __proto__: null,
    run: '',
    asset: '',
    product: '',
    copy: '',
    move: '',
    extract: '',
    extract_all: 'stage',
    fetch: 'fetch',
    commit_fetch: 'fetch',
    import: 'fetch',
    mark_install_complete: 'install',
    exists: '',
    is_file: '',
    is_dir: '',
    read: '',
    write: '',
    list: '',
    mkdir: '',
    remove: '',
    chmod: '',
    symlink: '',
    hash: '',
  };
  /** Reads as a statement, so authors leave the `await` away: the host hears it at once and there is nothing to wait for. */
  const NOTED = { __proto__: null, mark_install_complete: true };
  /** Languages ask every value for these; a ctx that throws here could not be logged or returned. */
  const isAskedByLanguage = (name) => name === 'then' || name === 'toJSON' || name === 'constructor';

  const freezeDeep = (value) => {
    if (typeof value !== 'object' || value === null) return value;
    const names = keys(value);
    for (let index = 0; index < names.length; index++) freezeDeep(value[names[index]]);
    return freeze(value);
  };

  const methodOf = (name) => {
    if (!NOTED[name]) return (...args) => kit.call(name, args);
    return (...args) => {
      kit.note(name, args);
    };
  };

  const absent = (name, verb) => {
    const belongs = METHODS[name] ? 'the ' + METHODS[name] + ' phase' : 'other phases';
    return () => {
      throw kit.refusal(
        'INVALID_ARGUMENT',
        'ctx.' + name + '() belongs to ' + belongs + ', and this is "' + verb + '"',
      );
    };
  };

  const guard = (ctx, verb) =>
    new NativeProxy(ctx, {
      __proto__: null,
      get(target, name) {
        if (typeof name !== 'string' || hasOwn(target, name) || isAskedByLanguage(name)) return target[name];
        throw kit.refusal('INVALID_ARGUMENT', 'ctx has no member "' + name + '" in "' + verb + '"', {
          name,
          known: keys(target),
        });
      },
    });

  kit.createContext = ({ facts, methods, verb }) => {
    const ctx = { ...freezeDeep(facts) };
    const names = keys(METHODS);
    for (let index = 0; index < names.length; index++) ctx[names[index]] = absent(names[index], verb);
    for (let index = 0; index < methods.length; index++) ctx[methods[index]] = methodOf(methods[index]);
    // Last: "log" is a helper to authors, and a method to the host.
    return guard(freeze({ ...ctx, ...kit.helpers }), verb);
  };
};
