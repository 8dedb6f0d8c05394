// run.mjs - runs an exported model, and compares what comes out.
//
//     node run.mjs MODULES MODEL.onnx X.npy Y.npy
//
// MODULES is the directory of node_modules; X.npy goes in, Y.npy is what convlet
// makes of it. Ends with 1 where a number is off by more than 1e-5 of the
// largest.
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';

const [modules, model, input, expected] = process.argv.slice(2);
const ort = createRequire(`${modules}/package.json`)('onnxruntime-web');
ort.env.wasm.numThreads = 1;

// A .npy file of little-endian floats.
function readArray(path) {
    const bytes = readFileSync(path);
    const start = 10 + bytes.readUInt16LE(8);
    const header = bytes.toString('latin1', 10, start);
    const shape = header.match(/\(([^)]*)\)/)[1].split(',')
        .filter(size => size.trim()).map(Number);
    const kind = header.includes('<f8') ? Float64Array : Float32Array;
    return {shape, data: Float32Array.from(
        new kind(bytes.buffer.slice(bytes.byteOffset + start,
                                    bytes.byteOffset + bytes.length)))};
}

const session = await ort.InferenceSession.create(model);
const x = readArray(input);
const y = readArray(expected);
const {output} = await session.run({
    input: new ort.Tensor('float32', x.data, x.shape)});
const largest = y.data.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
const off = y.data.reduce((most, v, i) =>
    Math.max(most, Math.abs(v - output.data[i])), 0);
console.log(`${output.dims.join(' x ')}: off by ${off / largest}`);
process.exit(output.data.length === y.data.length && off <= 1e-5 * largest
    ? 0 : 1);
