using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Members;

namespace FlowGpt.Grains.Members;

/// <summary>Keeps the list. After a write that failed it is not known what is stored, so the activation ends with the failure.</summary>
[GrainType("member")]
internal sealed class MemberGrain([PersistentState("member")] IPersistentState<MemberRecord> stored) : Grain, IMemberGrain
{
    public async ValueTask<bool> Reserve(string keyId, int most)
    {
        var record = stored.State;
        if (record.Keys.Contains(keyId))
        {
            return true;
        }

        if (record.Keys.Count - record.Ended.Count >= most || record.Keys.Count >= IMemberGrain.MostRemembered)
        {
            return false;
        }

        record.Keys.Add(keyId);
        await Write();
        return true;
    }

    public async ValueTask Release(string keyId)
    {
        if (stored.State.Keys.Contains(keyId) && stored.State.Ended.Add(keyId))
        {
            await Write();
        }
    }

    public ValueTask<ImmutableArray<string>> GetKeys() => new([.. stored.State.Keys]);

    private async Task Write()
    {
        try
        {
            await stored.WriteStateAsync();
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }
}
