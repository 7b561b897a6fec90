// The same request in other languages, from one description of it:
// {method, url, headers: [[name, value]], body}; body is undefined for none.

const shell = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

// single is a string in single quotes. PHP and Ruby know two escapes in it and
// take line breaks as they are; Python and JavaScript do not.
const single = (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
const singleLine = (text) => single(text).replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');

// goString is a raw string where that is possible.
const goString = (text) => (/[`\r\ufeff]/.test(text) ? JSON.stringify(text) : '`' + text + '`');

const map = (headers, one) => headers.map(one).join('');

function curl({ method, url, headers, body }) {
  const lines = [`curl -sS -i -X ${method} ${shell(url)}`, ...headers.map(([k, v]) => `-H ${shell(`${k}: ${v}`)}`)];
  if (body !== undefined) lines.push(`--data-raw ${shell(body)}`);
  return lines.join(' \\\n  ');
}

function go({ method, url, headers, body }) {
  return `package main

import (
	"fmt"
	"io"
	"log"
	"net/http"${body === undefined ? '' : '\n\t"strings"'}
)

func main() {
${body === undefined ? '' : `	body := strings.NewReader(${goString(body)})\n`}	request, err := http.NewRequest(${JSON.stringify(method)}, ${JSON.stringify(url)}, ${body === undefined ? 'nil' : 'body'})
	if err != nil {
		log.Fatal(err)
	}
${map(headers, ([k, v]) => `	request.Header.Set(${JSON.stringify(k)}, ${JSON.stringify(v)})\n`)}	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(answer.Status)
	fmt.Println(string(text))
}
`;
}

function php({ method, url, headers, body }) {
  return `<?php
$context = stream_context_create(['http' => [
    'method' => ${single(method)},
    'header' => [
${map(headers, ([k, v]) => `        ${single(`${k}: ${v}`)},\n`)}    ],
${body === undefined ? '' : `    'content' => ${single(body)},\n`}    'ignore_errors' => true, // an error has a body, too
]]);
$answer = fopen(${single(url)}, 'r', false, $context);
if ($answer === false) {
    exit(1);
}
echo stream_get_meta_data($answer)['wrapper_data'][0], "\\n", stream_get_contents($answer), "\\n";
`;
}

function python({ method, url, headers, body }) {
  return `import urllib.error
import urllib.request

request = urllib.request.Request(
    ${singleLine(url)},
    method=${singleLine(method)},
    headers={
${map(headers, ([k, v]) => `        ${singleLine(k)}: ${singleLine(v)},\n`)}    },
${body === undefined ? '' : `    data=${singleLine(body)}.encode(),\n`})
try:
    answer = urllib.request.urlopen(request)
except urllib.error.HTTPError as error:
    answer = error  # it has a body, too
print(answer.status)
print(answer.read().decode())
`;
}

function javascript({ method, url, headers, body }) {
  return `const answer = await fetch(${singleLine(url)}, {
  method: ${singleLine(method)},
  headers: {
${map(headers, ([k, v]) => `    ${singleLine(k)}: ${singleLine(v)},\n`)}  },
${body === undefined ? '' : `  body: ${singleLine(body)},\n`}});
console.log(answer.status);
console.log(await answer.text());
`;
}

function ruby({ method, url, headers, body }) {
  return `require 'net/http'

uri = URI(${single(url)})
request = Net::HTTP::${method[0]}${method.slice(1).toLowerCase()}.new(uri)
${map(headers, ([k, v]) => `request[${single(k)}] = ${single(v)}\n`)}${body === undefined ? '' : `request.body = ${single(body)}\n`}answer = Net::HTTP.start(uri.hostname, uri.port, use_ssl: uri.scheme == 'https') do |http|
  http.request(request)
end
puts answer.code
puts answer.body
`;
}

export const languages = { curl, go, php, python, javascript, ruby };
