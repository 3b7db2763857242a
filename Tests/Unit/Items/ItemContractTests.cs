using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Silo.Storage;

namespace FlowGpt.Tests.Unit.Items;

/// <summary>Items in stored records, and when two items are equal.</summary>
public sealed class ItemContractTests
{
    private static readonly JsonSerializerOptions Json = new();

    private static readonly ImmutableArray<Part> EveryPart =
    [
        new TextPart("text äöü 🙂"),
        new ImagePart("https://example.com/a.png", "low"),
        new ImagePart("data:image/png;base64,AAAA"),
        new FilePart("file_1", null),
        new FilePart(null, "data:application/pdf;base64,AAAA", "a.pdf"),
        new AudioPart("AAAA", "wav"),
        new RefusalPart("no"),
        new OpaquePart("dialect", """{"type":"x"}"""),
    ];

    static ItemContractTests() => StorageJson.Configure(Json);

    public static TheoryData<Item> EveryItem =>
        [
            new MessageItem(MessageRole.User, EveryPart, "Ann", "msg_1"),
            new MessageItem(MessageRole.Developer, []),
            new ToolCallItem("call_1", "f", """{"a":1}"""),
            new ToolCallItem("call_1", "f", "free text", ToolKind.Custom, "fc_1"),
            new ToolResultItem("call_1", EveryPart, IsError: true, "f", ToolKind.Custom, "out_1"),
            new ToolResultItem("call_1", []),
            new ReasoningItem("hm", "sealed", "rs_1"),
            new ReasoningItem(""),
            new OpaqueItem("dialect", """{"type":"web_search_call"}""", "ws_1"),
        ];

    [Fact]
    public void EveryItem_HasEveryKindOfItemAndPart()
    {
        Assert.Equal(Kinds(typeof(Item)), EveryItem.Select(row => row.Data.GetType()).Distinct().OrderBy(type => type.Name));
        Assert.Equal(Kinds(typeof(Part)), EveryPart.Select(part => part.GetType()).Distinct().OrderBy(type => type.Name));
    }

    [Theory]
    [MemberData(nameof(EveryItem))]
    public void StorageJson_OfAnItem_IsReadBackEqual(Item item)
    {
        var json = JsonSerializer.Serialize(new List<Item> { item }, Json);

        var read = Assert.Single(JsonSerializer.Deserialize<List<Item>>(json, Json)!);

        Assert.Equal(item, read);
        Assert.Equal(item.GetHashCode(), read.GetHashCode());
        Assert.NotSame(item, read);
    }

    [Theory]
    [MemberData(nameof(EveryItem))]
    public void Equals_OtherIdOrOtherKind_IsNotEqual(Item item)
    {
        Assert.NotEqual(item, item with { Id = "another" });
        Assert.Single(EveryItem.Select(row => row.Data), other => item.Equals(other));
    }

    [Fact]
    public void Equals_AnyOtherPart_IsNotEqual()
    {
        var whole = new MessageItem(MessageRole.User, EveryPart);
        for (var i = 0; i < EveryPart.Length; i++)
        {
            Assert.NotEqual(whole, whole with { Parts = EveryPart.RemoveAt(i) });
            Assert.NotEqual(whole, whole with { Parts = EveryPart.SetItem(i, new TextPart("other")) });
        }

        Assert.Equal(whole, whole with { Parts = [.. EveryPart] });
    }

    [Fact]
    public void ToString_OfAnyItemOrPart_HoldsNoContent()
    {
        Assert.All(EveryItem.Select(row => row.Data), item => Assert.Equal(item.GetType().Name, item.ToString()));
        Assert.All(EveryPart, part => Assert.Equal(part.GetType().Name, part.ToString()));
    }

    private static IEnumerable<Type> Kinds(Type type) =>
        type.Assembly.GetTypes().Where(kind => kind.IsSubclassOf(type)).OrderBy(kind => kind.Name);
}
