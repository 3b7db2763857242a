using System.Collections.Immutable;
using FlowGpt.ApiFrontend.Admin.Keys;
using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Grains.Interfaces.Members;

namespace FlowGpt.ApiFrontend.Admin.Members;

/// <summary>The keys that a person made for themselves. Thread-safe.</summary>
internal sealed class MemberKeys(KeyAdministration keys, IGrainFactory grains)
{
    /// <summary>All of a person's keys, ended keys included, oldest first.</summary>
    public async Task<ImmutableArray<ApiKeyInfo>> ListAsync(string memberId)
    {
        var ids = await Member(memberId).GetKeys();
        var found = await Task.WhenAll(ids.Select(id => keys.FindAsync(id).AsTask()));
        return [.. found.OfType<ApiKeyInfo>().Where(key => key.Settings.MemberId == memberId)];
    }

    /// <summary>The ids of all of a person's keys.</summary>
    public ValueTask<ImmutableArray<string>> IdsAsync(string memberId) => Member(memberId).GetKeys();

    /// <summary>Makes a key. No key when the person, or the cluster, has too many.</summary>
    public async Task<(ApiKeyInfo? Key, string Secret, bool IsClusterFull)> CreateAsync(ApiKeySettings settings, int most)
    {
        var member = Member(settings.MemberId!);
        var id = KeyAdministration.NewId();
        if (!await member.Reserve(id, most))
        {
            await ReleaseEndedAsync(member);
            if (!await member.Reserve(id, most))
            {
                return (null, "", false);
            }
        }

        var (key, secret) = await keys.CreateAsync(settings, id);
        if (key is null)
        {
            await member.Release(id);
        }

        return (key, secret, key is null);
    }

    /// <summary>Revokes a key of the person; null when it is not theirs.</summary>
    public async Task<ApiKeyChange?> RevokeAsync(string memberId, string id) =>
        await keys.FindAsync(id) is { } key && key.Settings.MemberId == memberId ? await keys.RevokeAsync(id) : null;

    /// <summary>
    /// Makes room where keys have ended. A key that is noted and not there may be about to be made by another request: its note stays.
    /// </summary>
    private async Task ReleaseEndedAsync(IMemberGrain member)
    {
        foreach (var id in await member.GetKeys())
        {
            if (await keys.FindAsync(id) is { RevokedAt: not null })
            {
                await member.Release(id);
            }
        }
    }

    private IMemberGrain Member(string memberId) => grains.GetGrain<IMemberGrain>(IMemberGrain.KeyOf(memberId));
}
