using FlowGpt.ApiFrontend.Models;

namespace FlowGpt.ApiFrontend.Dialects;

/// <summary>What is known of a response when its first event is written.</summary>
/// <param name="ResponseId">The response's id.</param>
/// <param name="CreatedAt">When the response was accepted.</param>
/// <param name="Model">The route that serves it.</param>
internal readonly record struct ResponseHead(string ResponseId, DateTimeOffset CreatedAt, CachedModel Model);
