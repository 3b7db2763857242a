using FlowGpt.Grains.Interfaces.Addresses;

namespace FlowGpt.Tests.Cluster.Turns;

/// <summary>The stored keys of response ids.</summary>
[Collection(SharedTurnCluster.Name)]
public sealed class AddressKeyGrainTests(TurnCluster cluster)
{
    [Fact]
    public async Task Rotate_AgainAndAgain_NewIdsHaveTheNewestKey_AndTheLatestEightVerify()
    {
        var grain = cluster.Grains.GetGrain<IAddressKeyGrain>(IAddressKeyGrain.Key);
        var address = new ResponseAddress("key", AddressKind.Conversation, "c1", Guid.Empty);
        var ids = new List<string> { new AddressCodec(await grain.Get()).Mint("resp_", address) };

        for (var i = 0; i < 8; i++)
        {
            ids.Add(new AddressCodec(await grain.Rotate()).Mint("resp_", address));
        }

        var codec = new AddressCodec(await grain.Get());
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.Equal([false, .. Enumerable.Repeat(true, 8)], ids.Select(id => codec.TryRead("resp_", id, "key", out _)));
    }
}
