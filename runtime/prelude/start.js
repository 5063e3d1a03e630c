// Last of the prelude: finds the value that was asked for in a module's exports, calls it if asked to, and reports.
(kit) => {
  const { apply, columnNumber, fileName, hasOwn, isArray, lineNumber, toText } = kit.intrinsics;
  const { send } = kit;

  const checkFunction = (value, path) => {
    if (typeof value === 'function') return;
    throw kit.refusal('INVALID_VALUE', '"' + path + '" is not a function in this module any more');
  };

  /** Follows names and indexes; a step `{ call: [arguments] }` goes on with what the function returns. */
  const follow = async (namespace, steps) => {
    let holder;
    let value = namespace;
    let path = '';
    for (let index = 0; index < steps.length; index++) {
      const step = steps[index];
      if (typeof step === 'object') {
        checkFunction(value, path);
        value = await apply(value, holder, step.call);
        holder = undefined;
      } else {
        holder = value === namespace ? undefined : value;
        value = typeof value === 'object' && value !== null && hasOwn(value, step) ? value[step] : undefined;
        path += (path && '.') + step;
      }
    }
    // In a box: `await` on the namespace itself would call an export named `then`, and on a table one that all inherit.
    return { __proto__: null, holder, value, path };
  };

  const evaluate = async (loaded, request) => {
    const { pending, path, args, context, functions } = { __proto__: null, ...request };
    const namespace = pending ? await loaded : loaded;
    send('entered');
    const target = await follow(namespace, path);
    if (!isArray(args)) return kit.encode(target.value, functions);
    checkFunction(target.value, target.path);
    send(
      'entered',
      toText(fileName(target.value)),
      toText(lineNumber(target.value)),
      toText(columnNumber(target.value)),
    );
    const given = context ? [kit.createContext(context), ...args] : args;
    return kit.encode(await apply(target.value, target.holder, given), functions);
  };

  const report = (error) => {
    if (error === kit.misfit) send('unfit', error.path, error.found);
    else send('threw', kit.describeThrown(error));
  };

  /** `loaded` is the module's namespace, or a promise for it when the module awaits at its top level. */
  kit.start = async (loaded) => {
    try {
      send('value', await evaluate(loaded, kit.decode(kit.takeFed())));
    } catch (error) {
      try {
        report(error);
      } catch {
        // Not even the report fits: memory or stack are used up.
        send('exhausted');
      }
    }
  };
};
