using FlowGpt.Grains.Interfaces.Addresses;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Tests.Unit.Addresses;

public sealed class ItemIdsTests
{
    /// <summary>A list is read on by the id of its last item: with two items of one id it would never end.</summary>
    [Fact]
    public void Assign_IdsThatAreTaken_AreReplaced()
    {
        var items = ItemIds.Assign([With("msg_a"), With("msg_a"), With("msg_b"), With(null)], "owner", [With("msg_b")]);

        Assert.Equal("msg_a", items[0].Id);
        Assert.Equal(5, items.Select(static item => item.Id).Append("msg_b").Distinct().Count());
        Assert.All(items, static item => Assert.StartsWith("msg_", item.Id, StringComparison.Ordinal));
    }

    private static MessageItem With(string? id) => Messages.User("text") with { Id = id };
}
