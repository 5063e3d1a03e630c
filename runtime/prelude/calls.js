// Calls to the host: one message out, one promise back. Tells the host which failed calls nobody has looked at.
(kit) => {
  const { freeze, NativeError, NativePromise, promiseThen } = kit.intrinsics;
  const { send } = kit;
  const open = { __proto__: null };
  let lastId = 0;
  let incoming = '';

  /** A promise that knows whether anybody listens: `await` and the combinators all come through `then`. */
  class Call extends NativePromise {
    #id = 0;
    #heard = false;
    static get [Symbol.species]() {
      return NativePromise;
    }
    static number(call, id) {
      call.#id = id;
    }
    // biome-ignore lint/suspicious/noThenProperty: hearing who listens is what the class is for
    then(onValue, onError) {
      if (!this.#heard) send('heard', '' + this.#id);
      this.#heard = true;
      return promiseThen(this, onValue, onError);
    }
  }
  const { number } = Call;
  delete Call.number;
  // Every call of an author leads to the class by its constructor.
  freeze(Call);
  freeze(Call.prototype);

  const encodeFor = (method, args) => {
    try {
      return kit.encodeArguments(args);
    } catch (error) {
      if (error !== kit.misfit) throw error;
      throw kit.refusal(
        'INVALID_ARGUMENT',
        'ctx.' + method + '() cannot take ' + error.found + ' (at ' + error.path + ' of its arguments)',
      );
    }
  };

  /** Asks the host; the promise settles when the host answers. */
  kit.call = (method, args) => {
    // Taken now: after the first suspension QuickJS knows only the innermost frame.
    const { stack } = new NativeError();
    const text = encodeFor(method, args);
    const id = ++lastId;
    const call = new Call((resolve, reject) => {
      open[id] = { resolve, reject, stack };
    });
    number(call, id);
    send('call', '' + id, method, text, stack);
    return call;
  };

  /** Tells the host something without waiting for an answer. */
  kit.note = (method, args) => send('note', '' + ++lastId, method, encodeFor(method, args), new NativeError().stack);

  /** Long texts arrive in pieces, so that the memory for a piece is always there. */
  kit.feed = (piece) => {
    incoming += piece;
  };
  kit.takeFed = () => {
    const text = incoming;
    incoming = '';
    return text;
  };

  /** The host's answer to a call; its text was fed before. The form is 'json', 'text' or 'failure'. */
  kit.answer = (id, form) => {
    const { resolve, reject, stack } = open[id];
    delete open[id];
    const text = kit.takeFed();
    if (form === 'failure') reject(kit.hostError(id, kit.decode(text), stack));
    else resolve(form === 'text' ? text : kit.decode(text));
  };
};
