// Errors in both directions: failures of the host as Errors with a `code`, and whatever an author throws as plain text.
(kit) => {
  const { defineProperty, hasOwn, isError, keys, NativeError, stringify, toText, weakGet, weakSet } = kit.intrinsics;

  /** Where an Error of ours comes from: `{ code }` or `{ call }`. A code that an author wrote on an Error is not believed. */
  const origins = new WeakMap();
  const mark = (error, name, value) =>
    defineProperty(error, name, { __proto__: null, value, enumerable: true, writable: true, configurable: true });

  /**
   * An Error that leaves the sandbox with this code if the author does not catch it. `choice` is a name that was not known
   * and those that are, for a suggestion.
   */
  kit.refusal = (code, message, choice) => {
    const error = mark(new NativeError(message), 'code', code);
    weakSet(origins, error, { __proto__: null, code, choice });
    return error;
  };

  /** The failure of a host call, with the facts an author may want to look at: exit_code, stdout, stderr. */
  kit.hostError = (call, { code, message, facts }, stack) => {
    const error = mark(new NativeError(message), 'code', code);
    const names = keys(facts);
    for (let index = 0; index < names.length; index++) {
      if (!hasOwn(error, names[index])) mark(error, names[index], facts[names[index]]);
    }
    defineProperty(error, 'stack', { __proto__: null, value: stack, writable: true, configurable: true });
    weakSet(origins, error, { __proto__: null, call });
    return error;
  };

  const UNKNOWN = { __proto__: null };

  const readText = (object, name) => {
    try {
      const value = object[name];
      return typeof value === 'string' ? value : '';
    } catch {
      return '';
    }
  };

  /** Any value as text for people; never an error. */
  kit.textOf = (value) => {
    if (typeof value === 'string') return stringify(value);
    if (typeof value === 'function') return 'a function';
    if (typeof value !== 'object' || value === null) return toText(value);
    if (isError(value)) return readText(value, 'name') + ': ' + readText(value, 'message');
    try {
      return kit.encode(value, true);
    } catch {
      return 'an object';
    }
  };

  /** What was thrown, as JSON text. Getters that throw and values that are not Errors are expected here. */
  kit.describeThrown = (thrown) => {
    if (!isError(thrown)) return kit.encode({ message: kit.textOf(thrown) });
    const { call, code, choice } = weakGet(origins, thrown) ?? UNKNOWN;
    const name = readText(thrown, 'name');
    return kit.encode({
      name,
      message: readText(thrown, 'message'),
      stack: readText(thrown, 'stack'),
      call,
      code,
      choice,
    });
  };
};
