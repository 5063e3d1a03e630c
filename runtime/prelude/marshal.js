// Values to JSON text and back. Stricter than JSON.stringify: what JSON would silently drop or change (functions, NaN,
// Maps, undefined in a list) is refused with its place, and no toJSON of an author is asked.
(kit) => {
  const { getOwnPropertyDescriptor, getPrototypeOf, isArray, isError, isFiniteNumber, keys } = kit.intrinsics;
  const { objectPrototype, NativePromise, parse, stringify } = kit.intrinsics;

  /** The one object that `encode` throws: where the value is that JSON cannot carry, and what it is. */
  const misfit = { __proto__: null, path: '', found: '' };

  const refuse = (place, found) => {
    let path = '';
    for (let at = place; at.parent !== undefined; at = at.parent) path = stringify(at.key) + (path && ',') + path;
    misfit.path = '[' + path + ']';
    misfit.found = found;
    throw misfit;
  };

  /** Where a value begins: nothing is above it, whatever an author lets every object inherit. */
  const root = (value) => ({ __proto__: null, value });

  const nameOf = (callable) => {
    const name = getOwnPropertyDescriptor(callable, 'name')?.value;
    return typeof name === 'string' ? name : '';
  };

  const encodeList = (list, place, functions) => {
    let text = '';
    for (let index = 0; index < list.length; index++) {
      text += (index ? ',' : '') + encodeAt({ key: index, value: list[index], parent: place }, functions);
    }
    return '[' + text + ']';
  };

  const encodeRecord = (record, place, functions) => {
    let text = '';
    const names = keys(record);
    for (let index = 0; index < names.length; index++) {
      const value = record[names[index]];
      if (value === undefined) continue;
      text += (text && ',') + stringify(names[index]) + ':';
      text += encodeAt({ key: names[index], value, parent: place }, functions);
    }
    return '{' + text + '}';
  };

  const encodeObject = (place, functions) => {
    const { value } = place;
    if (value === null) return 'null';
    for (let at = place.parent; at !== undefined; at = at.parent) if (at.value === value) refuse(place, 'a cycle');
    const prototype = getPrototypeOf(value);
    if (isArray(value)) return encodeList(value, place, functions);
    if (prototype === objectPrototype || prototype === null) return encodeRecord(value, place, functions);
    if (prototype === NativePromise.prototype) return refuse(place, 'a promise that was not awaited');
    return refuse(place, isError(value) ? 'an Error' : 'not a plain object');
  };

  const encodeAt = (place, functions) => {
    const { value } = place;
    switch (typeof value) {
      case 'string':
        return stringify(value);
      case 'boolean':
        return value ? 'true' : 'false';
      case 'number':
        return isFiniteNumber(value) ? '' + value : refuse(place, '' + value);
      case 'object':
        return encodeObject(place, functions);
      case 'function':
        return functions ? '{"$function":' + stringify(nameOf(value)) + '}' : refuse(place, 'a function');
      case 'undefined':
        return refuse(place, 'undefined');
      default:
        return refuse(place, 'a ' + typeof value);
    }
  };

  kit.misfit = misfit;
  /** JSON text, or '' for undefined. With `functions`, a function becomes `{ "$function": name }`. */
  kit.encode = (value, functions) => (value === undefined ? '' : encodeAt(root(value), functions));
  kit.decode = (text) => (text === '' ? undefined : parse(text));

  /** Arguments of a call; like JSON, `undefined` between others is null, and at the end it is left away. */
  kit.encodeArguments = (args) => {
    let { length } = args;
    while (length > 0 && args[length - 1] === undefined) length--;
    const list = { __proto__: null, length };
    for (let index = 0; index < length; index++) list[index] = args[index] ?? null;
    return encodeList(list, root(args), false);
  };
};
