// command.js - the line of the program that prints the same digits, and the
// same in a few lines of Python, always in sight at the foot of a room.

const PLAIN_WORD = /^[A-Za-z0-9_@%+=:,./-]+$/;

// A word as a shell takes it.
const quoteWord = word => PLAIN_WORD.test(word) ? word
    : `'${word.replaceAll("'", "'\\''")}'`;

async function copyText(text, fallback) {
    try {
        await navigator.clipboard.writeText(text);
        return true;
    } catch {
        getSelection().selectAllChildren(fallback);
        return document.execCommand('copy');
    }
}

// What stands at a room's foot: command(...words), twin(text).
class CommandBar {
    constructor(say) {
        this.line = el('code', {});
        this.twinText = el('code', {});
        this.twinTitle = el('summary', {}, 'The same in NumPy');
        this.details = el('details', {hidden: true}, this.twinTitle,
            el('div', {class: 'twin'},
               el('pre', {tabindex: 0}, this.twinText),
               this.copyButton(this.twinText, 'Copy the Python', say)));
        this.element = el('div', {class: 'command', role: 'group',
                                  'aria-label': 'The same digits elsewhere'},
            el('div', {class: 'line'},
               el('pre', {tabindex: 0, 'aria-label': 'command'}, this.line),
               this.copyButton(this.line, 'Copy the command', say)),
            this.details);
        this.element.hidden = true;
    }

    copyButton(from, label, say) {
        return el('button', {
            type: 'button', 'aria-label': label,
            onclick: async () =>
                say(await copyText(from.textContent, from) ? 'Copied.'
                    : 'It is marked: copy it with your keyboard.'),
        }, 'Copy');
    }

    command(...words) {
        this.line.textContent = words.map(quoteWord).join(' ');
        this.element.hidden = false;
    }

    // Python that prints the same; null: there is none.
    twin(text, title) {
        this.twinTitle.textContent = title;
        this.twinText.textContent = text || '';
        this.details.hidden = !text;
    }
}
