using System.Text.Json;

namespace FlowGpt.Tests.Unit.Upstreams.FlowGpt;

/// <summary>A request that the backend received.</summary>
public sealed record SeenRequest(string Path, IReadOnlyDictionary<string, string> Headers, JsonElement Body, CancellationToken Aborted);
