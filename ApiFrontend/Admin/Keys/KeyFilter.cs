using FlowGpt.Grains.Interfaces.Keys;

namespace FlowGpt.ApiFrontend.Admin.Keys;

/// <summary>Which keys are asked for; null matches all.</summary>
/// <param name="Search">A part of the id, the name or the owner, in any case.</param>
/// <param name="Owner">The whole owner.</param>
/// <param name="Status"><c>active</c>, <c>disabled</c>, <c>expired</c> or <c>revoked</c>.</param>
internal sealed record KeyFilter(string? Search, string? Owner, string? Status)
{
    /// <summary>Whether every key matches.</summary>
    public bool IsOpen => this is { Search: null, Owner: null, Status: null };

    /// <summary>Whether a key matches.</summary>
    public bool Matches(ApiKeyInfo key, DateTimeOffset now) =>
        (Search is null || Contains(key.Id) || Contains(key.Settings.Name) || Contains(key.Settings.Owner))
        && (Owner is null || key.Settings.Owner == Owner)
        && (Status is null || KeyAnswers.StatusOf(key, now) == Status);

    private bool Contains(string? text) => text?.Contains(Search!, StringComparison.OrdinalIgnoreCase) == true;
}
