// state.js - what a link keeps: fields with bounds, and how they are written.
//
// A field has {initial, parse(text), format(value), kind, ...}; parse throws
// an Error whose message says what is expected, as in "a whole number from 0
// to 9".

const DIGITS = /^[0-9]{1,15}$/;
const DECIMAL = /^-?([0-9]+\.?[0-9]*|\.[0-9]+)(e[-+]?[0-9]{1,3})?$/i;

function whole(initial, least, most) {
    return {
        kind: 'number', initial, least, most, format: String,
        parse(text) {
            const value = Number(text);
            if (DIGITS.test(text) && value >= least && value <= most)
                return value;
            throw new Error(`a whole number from ${least} to ${most}`);
        },
    };
}

function decimal(initial, least, most) {
    return {
        kind: 'decimal', initial, least, most, format: String,
        parse(text) {
            const value = Number(text);
            if (DECIMAL.test(text) && value >= least && value <= most)
                return value;
            throw new Error(`a number from ${least} to ${most}`);
        },
    };
}

function choice(initial, names) {
    return {
        kind: 'choice', initial, names, format: String,
        parse(text) {
            if (names.includes(text)) return text;
            throw new Error(`one of ${names.join(', ')}`);
        },
    };
}

function flag(initial) {
    return {
        kind: 'flag', initial, format: value => value ? 'yes' : 'no',
        parse(text) {
            if (text === 'yes' || text === 'no') return text === 'yes';
            throw new Error('yes or no');
        },
    };
}

// Words of at most `most` letters; `pattern` and what it `expects`, if any.
// What controls or turns a text is in none, so none reaches a setting.
function text(initial, most, pattern = null, expects = '') {
    return {
        kind: 'text', initial, most, format: String,
        parse(words) {
            const isPlain = words.length <= most &&
                !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(words);
            if (isPlain && (!pattern || pattern.test(words))) return words;
            throw new Error(expects || `a line of up to ${most} letters`);
        },
    };
}

const initialState = fields => Object.fromEntries(
    Object.entries(fields).map(([name, {initial}]) => [name, initial]));

// The link's state: {room, values, complaints}; what is malformed keeps its
// default, and one sentence says so. `rooms` have {id, fields}.
function readLink(hash, rooms) {
    const complaints = [];
    const given = new URLSearchParams(hash.replace(/^#/, '').slice(0, 20000));
    const id = given.get('room');
    const room = rooms.find(one => one.id === id);
    if (id !== null && !room)
        complaints.push(`This page has no room ${quoted(id)}.`);
    if (!room) return {room: null, values: {}, complaints};
    const values = initialState(room.fields);
    for (const [name, words] of given) {
        if (name === 'room') continue;
        if (!Object.hasOwn(room.fields, name)) {
            complaints.push(`The room has no field ${quoted(name)}.`);
            continue;
        }
        try {
            values[name] = room.fields[name].parse(words);
        } catch (error) {
            complaints.push(`The link says ${name} = ` +
                `${quoted(words)}, expected ${error.message}; ` +
                `it is ${room.fields[name].format(values[name])} now.`);
        }
    }
    return {room, values, complaints};
}

// "#room=training&lr=0.003": what equals its default is left out.
function writeLink(room, values) {
    const link = new URLSearchParams({room: room.id});
    for (const [name, field] of Object.entries(room.fields))
        if (values[name] !== field.initial)
            link.set(name, field.format(values[name]));
    return '#' + link;
}
