-- Counts the words of the files it is given and prints the commonest.
local counts, total = {}, 0
for _, name in ipairs(arg) do
  for line in io.lines(name) do
    for word in line:gmatch('%a%a%a+') do
      counts[word] = (counts[word] or 0) + 1
      total = total + 1
    end
  end
end

local words = {}
for word in pairs(counts) do words[#words + 1] = word end
table.sort(words, function(a, b)
  if counts[a] ~= counts[b] then return counts[a] > counts[b] end
  return a < b
end)

print(('%d words, %d different; the commonest:'):format(total, #words))
for i = 1, math.min(5, #words) do print(('%6d  %s'):format(counts[words[i]], words[i])) end
