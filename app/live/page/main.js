// main.js - the page itself: the rooms in one column, and the link that keeps
// their state.
//
// For who drives the page from outside, `window.convlet` is
//
//     {version, rooms: [{id, title, fields}], ready: a promise that the
//      first room has shown its state, engine(id): the room's Engine (a
//      promise), shell(id): its Shell, open(id): builds it and resolves when it
//      is shown}
//
// A room that shows its first losses sets the mark `convlet:losses`
// (shell.mark) once they are on the screen.

// writer: the room that the reader used last, whose state the link has.
const page = {timer: 0, writer: null, isRevealed: false};

// Milliseconds.
const PAGE_PATIENCE = 150;

// Browsers take 100 new links in 30 seconds, or more.
const LINK_DELAY = 310;

page.say = words => {
    const said = document.getElementById('said');
    said.textContent = '';
    setTimeout(() => {
        said.textContent = words;
    }, 50);
};

page.warn = words => {
    const banner = document.getElementById('banner');
    banner.textContent = words;
    banner.hidden = !words;
};

// The room's state goes into the link, a little later: of many that come fast,
// as of a run that plays, the last.
page.wrote = shell => {
    shell.anchor.href = writeLink(shell.room, shell.state);
    page.writer = shell;
    page.timer = page.timer || setTimeout(() => {
        page.timer = 0;
        history.replaceState(null, '', page.writer.anchor.hash);
    }, LINK_DELAY);
};

// The first sentences, and how many there are beside.
const pageFew = sentences => sentences.length <= 3 ? sentences.join(' ')
    : `${sentences.slice(0, 2).join(' ')} And ${sentences.length - 2} more ` +
      'parts of the link are not understood.';

// Builds the room's inside, if that is not there yet.
page.open = async shell => {
    if (!shell.inside) {
        shell.inside = new shell.room.Inside(shell);
        const element = shell.inside.build();
        if (!shell.warning.isConnected && !element.contains(shell.warning))
            element.prepend(shell.warning);
        shell.section.append(element, shell.bar.element);
        shell.section.classList.remove('empty');
        shell.update();
    }
    return shell.showing;
};

// The shell of a room, in its section.
page.shell = room => {
    room.shell = room.shell || new Shell(room, page);
    return room.shell;
};

page.makeSection = room => {
    const {id, title, chapter} = room;
    const chapters = document.documentElement.dataset.chapters;
    room.section = el('section', {id: 'room-' + id, class: 'room empty',
                                   'data-room': id,
                                   'aria-labelledby': 'title-' + id},
        el('h2', {id: 'title-' + id, tabindex: -1}, title),
        chapters !== undefined && chapter
            ? el('p', {class: 'chapter'}, el('a', {href: chapters + chapter},
                'The chapter about this')) : null);
    room.anchor = el('a', {href: '#room=' + id}, title);
    document.getElementById('rooms').append(el('li', {}, room.anchor));
    for (const type of ['pointerdown', 'keydown', 'click'])
        room.section.addEventListener(type, () => {
            page.writer = page.shell(room);
        }, true);
    return room.section;
};

// The state of the link comes to its room, if that has another.
page.follow = hash => {
    const {room, values, complaints} = readLink(hash, rooms);
    page.warn(pageFew(complaints));
    if (!room) return null;
    const shell = page.shell(room);
    const link = writeLink(room, values);
    const isNew = link !== writeLink(room, shell.state);
    shell.state = values;
    shell.anchor.href = link;
    page.writer = shell;
    if (shell.inside && isNew) shell.update();
    page.open(shell);
    return shell;
};

page.go = (shell, behavior = 'auto') => {
    if (!shell) return;
    shell.section.scrollIntoView({behavior});
    document.getElementById('title-' + shell.room.id)
        .focus({preventScroll: true});
};

// Another link was chosen. An older state may have been written over it since,
// so what counts is what the event says.
page.turn = ({newURL}) => {
    clearTimeout(page.timer);
    page.timer = 0;
    const {hash} = new URL(newURL);
    if (hash !== location.hash) history.replaceState(null, '', hash);
    page.go(page.follow(hash));
};

// Shows the page for the first time: with the numbers of its first room, or
// without, where they take longer than PAGE_PATIENCE.
page.reveal = shell => {
    if (page.isRevealed) return;
    page.isRevealed = true;
    document.body.style.visibility = '';
    // Nobody has been elsewhere, who would like to see the way.
    if (location.hash) page.go(shell, 'instant');
};

page.watch = () => {
    const near = new IntersectionObserver(entries => {
        for (const {isIntersecting, target} of entries)
            if (isIntersecting)
                page.open(page.shell(rooms.find(room =>
                    room.section === target)));
    }, {rootMargin: '400px'});
    for (const room of rooms) near.observe(room.section);
};

page.start = async () => {
    const main = document.getElementById('main');
    for (const room of rooms) main.append(page.makeSection(room));
    const shell = page.follow(location.hash) || page.shell(rooms[0]);
    page.open(shell);
    // Laid out unseen, while the numbers are computed.
    document.body.style.visibility = 'hidden';
    document.getElementById('style').textContent = unpacked.style;
    setTimeout(page.reveal, PAGE_PATIENCE, shell);
    addEventListener('hashchange', page.turn);
    await shell.showing;
    page.reveal(shell);
    // The others may come now.
    page.watch();
    const engine = await shell.engine();
    window.convlet.version = await engine.version();
    document.getElementById('version').textContent =
        `convlet ${window.convlet.version}`;
};

const shellOf = id => page.shell(rooms.find(room => room.id === id));

Object.assign(window.convlet, {
    rooms,
    engine: id => shellOf(id).engine(),
    shell: shellOf,
    open: id => page.open(shellOf(id)),
    version: '',
    start: page.start,
});
