// The lines in which two texts differ.

const most = 3000; // lines on either side that are compared one with all

// difference is a list of [sign, line]: ' ', '-' or '+'; null when they differ
// in too much.
export function difference(a, b) {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const left = a.slice(head, a.length - tail);
  const right = b.slice(head, b.length - tail);
  if (left.length > most || right.length > most) return null;
  const same = (lines) => lines.map((line) => [' ', line]);
  return [...same(a.slice(0, head)), ...middle(left, right), ...same(a.slice(a.length - tail))];
}

// middle is by the longest common subsequence.
function middle(a, b) {
  const width = b.length + 1;
  const common = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i * width + j] = a[i] === b[j] ? common[(i + 1) * width + j + 1] + 1 : Math.max(common[(i + 1) * width + j], common[i * width + j + 1]);
    }
  }
  const made = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) { made.push([' ', a[i]]); i++; j++; }
    else if (j === b.length || (i < a.length && common[(i + 1) * width + j] >= common[i * width + j + 1])) made.push(['-', a[i++]]);
    else made.push(['+', b[j++]]);
  }
  return made;
}

// shortened leaves out what is the same for long.
export function shortened(lines, around = 3) {
  const near = lines.map(() => false);
  lines.forEach(([sign], i) => { if (sign !== ' ') near.fill(true, Math.max(0, i - around), i + around + 1); });
  const made = [];
  lines.forEach((line, i) => {
    if (near[i]) made.push(line);
    else if (i === 0 || near[i - 1]) made.push(['…', '']);
  });
  return made;
}
