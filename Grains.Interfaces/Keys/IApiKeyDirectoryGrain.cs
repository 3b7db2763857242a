using System.Collections.Immutable;
using Orleans.Concurrency;

namespace FlowGpt.Grains.Interfaces.Keys;

/// <summary>The ids of all client keys, so that they can be listed. Grain key: <see cref="Key"/>.</summary>
[Alias("flowgpt.IApiKeyDirectoryGrain")]
public interface IApiKeyDirectoryGrain : IGrainWithStringKey
{
    /// <summary>The only key in use.</summary>
    const string Key = "all";

    /// <summary>Most keys that are not revoked.</summary>
    const int MostKeys = 100_000;

    /// <summary>Most keys with the revoked ones, which stay listed since usage reports still name them.</summary>
    const int MostKnown = 300_000;

    /// <summary>
    /// Notes an id, durably, before its key is made: no key exists unlisted, but an id may be listed whose key was never made. Idempotent.
    /// False: there are <see cref="MostKeys"/> or <see cref="MostKnown"/> already.
    /// </summary>
    [Alias("add")]
    ValueTask<bool> Add(string id);

    /// <summary>Whether an id is noted. Asked before a key's own grain, so that an invented id activates no grain. Interleaves.</summary>
    [Alias("contains"), AlwaysInterleave]
    ValueTask<bool> Contains(string id);

    /// <summary>All ids in the order in which they were noted. Interleaves.</summary>
    [Alias("list"), AlwaysInterleave]
    ValueTask<ImmutableArray<string>> List();

    /// <summary>Some of the ids. Interleaves.</summary>
    /// <param name="after">The id that the page begins after; null, or an id that is not noted, begins with the first id.</param>
    /// <param name="limit">Most ids.</param>
    /// <param name="newestFirst">Whether the order is turned round.</param>
    [Alias("page"), AlwaysInterleave]
    ValueTask<KeyIdPage> GetPage(string? after, int limit, bool newestFirst);

    /// <summary>A key was revoked, so one more key may be made. To be called once for each key.</summary>
    [Alias("revoked")]
    ValueTask NoteRevoked(string id);
}
