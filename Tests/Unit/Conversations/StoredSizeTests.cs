using System.Text;
using System.Text.Json;
using FlowGpt.Grains.Conversations;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Silo.Storage;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Conversations;

/// <summary>A client key's quota counts what its items really take in storage, whatever they are made of.</summary>
public sealed class StoredSizeTests
{
    private static readonly string[] Pieces =
    [
        "plain words of a text ",
        "<div class=\"a\">&amp;'+`</div>",
        "\u4e2d\u6587\u5b57\u7b26",
        "caf\u00e9 na\u00efve ",
        "\ud83d\ude00\ud83d\udc69",
        "\"\\\"",
        "\u0001\u0002\u001f",
        "line\r\n\tnext",
        "{\"path\":\"C:\\\\x\",\"n\":[1,2]}",
        "iVBORw0KGgo+/AAA==",
    ];

    private static readonly JsonSerializerOptions Storage = Options();

    [Property(MaxTest = 200)]
    public Property OfItems_IsAboutWhatTheirRecordsTake()
    {
        var texts = Gen.Choose(0, Pieces.Length - 1)
            .Select(static i => Pieces[i])
            .NonEmptyListOf()
            .Select(static pieces => string.Concat(pieces));
        var cases = texts.SelectMany(static text => Gen.Choose(1, 2_000).Select(times => (Text: text, Times: times)));
        return Prop.ForAll(
            cases.ToArbitrary(),
            static one =>
            {
                var text = string.Concat(Enumerable.Repeat(one.Text, Math.Min(one.Times, Math.Max(1, 300_000 / one.Text.Length))));
                Item[] items = [Messages.User(text), new ToolCallItem("call_1", "run", text)];
                foreach (var item in items)
                {
                    var stored = PageRecords
                        .Split([item])
                        .Sum(static record => JsonSerializer.SerializeToUtf8Bytes(record, Storage).LongLength);
                    var counted = StoredSize.OfItems([item]);
                    Assert.True(counted >= stored * 0.9 - 512, $"{counted} counted, {stored} stored");
                    Assert.True(counted <= stored * 1.35 + 512, $"{counted} counted, {stored} stored");
                }
            }
        );
    }

    [Fact]
    public void Split_OfAnItemOfManyChunks_IsReadAgainAsItWas()
    {
        var item = Messages.User(string.Concat(Enumerable.Repeat(string.Concat(Pieces), 1_000)));

        var records = PageRecords.Split([item]);

        Assert.True(records.Count > 1);
        Assert.Equal(item, Assert.Single(PageRecords.Join(records)));
    }

    /// <summary>Records that an earlier version wrote have escapes in place of characters.</summary>
    [Fact]
    public void Join_OfChunksWithEscapes_IsRead()
    {
        var item = Messages.User("<\u4e2d>");
        var json = JsonSerializer.Serialize<Item>(item);

        Assert.Contains("\\u003C", json, StringComparison.OrdinalIgnoreCase);
        var bytes = Encoding.UTF8.GetBytes(json);
        Assert.Equal(item, Assert.Single(PageRecords.Join([new() { Chunk = bytes[..20] }, new() { Chunk = bytes[20..] }])));
    }

    private static JsonSerializerOptions Options()
    {
        var options = new JsonSerializerOptions();
        StorageJson.Configure(options);
        return options;
    }
}
