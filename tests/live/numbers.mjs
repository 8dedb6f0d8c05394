// numbers.mjs - what the page's engine computes, and what the program does.
import assert from 'node:assert/strict';

// The settings of `convlet train` without flags.
export const notebook = {
    batch: 2, channels: 3, height: 20, width: 20,
    net: 'conv 4 2x2 stride=2 padding=1', lr: 0.001, steps: 50,
};

// The losses of all steps, by the engine of a room.
export function pageLosses(page, settings, room = 'training') {
    return page.run(async (settings, room) => {
        const engine = await window.convlet.engine(room);
        engine.stop();
        await engine.open(settings);
        const {losses} = await engine.step(settings.steps);
        return Array.from(losses);
    }, settings, room);
}

// Largest difference, in parts of the larger number.
export function relative(a, b) {
    assert.equal(a.length, b.length);
    return a.reduce((most, value, i) => value === b[i] ? most
        : Math.max(most, Math.abs(value - b[i]) /
            Math.max(Math.abs(value), Math.abs(b[i]))), 0);
}

// A source of numbers that are the same in each run: whole(a, b), pick(list).
export function chance(seed) {
    let state = seed >>> 0;
    const next = () => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return state / 4294967296;
    };
    const whole = (least, most) =>
        least + Math.floor(next() * (most - least + 1));
    return {next, whole, pick: (list) => list[whole(0, list.length - 1)]};
}
