-- What Argo CD takes a KmsKeyAssignment for: Healthy as soon as it is Ready, Degraded where a person has to change something.
local health = { status = "Progressing", message = "the operator has not looked at it yet" }
if obj.status == nil or obj.status.observedGeneration ~= obj.metadata.generation then
  return health
end
for _, condition in ipairs(obj.status.conditions or {}) do
  if condition.type == "Stalled" and condition.status == "True" then
    return { status = "Degraded", message = condition.reason .. ": " .. condition.message }
  end
  if condition.type == "Ready" then
    health.message = condition.reason .. ": " .. condition.message
    if condition.status == "True" then
      health.status = "Healthy"
    end
  end
end
return health
