-- Prints shelves.h: which codec a file gets, by the ending of its name. The build runs it with the default codec.
local default = arg[1]

local shelves = {
  -- Compressed already: a second time only costs time.
  STORE = { 'gz', 'jpg', 'png', 'tgz', 'webp', 'woff2', 'xz', 'zip', 'zst' },
  -- What a browser can inflate by itself.
  ZLIB = { 'css', 'html', 'js', 'svg' },
}

local lines = {}
for codec, endings in pairs(shelves) do
  for _, ending in ipairs(endings) do
    lines[#lines + 1] = ('  {".%s", %s},'):format(ending, codec)
  end
end
table.sort(lines) -- pairs() has no order of its own, and the header has to be the same each time

print('#define DEFAULT_CODEC ' .. default:upper())
print('static const struct { const char *ending; enum codec codec; } SHELVES[] = {')
print(table.concat(lines, '\n'))
print('};')
