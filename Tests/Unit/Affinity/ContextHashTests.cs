using System.Security.Cryptography;
using System.Text;
using FlowGpt.Grains.Affinity;
using FlowGpt.Grains.Interfaces.Digests;
using FlowGpt.Grains.Interfaces.Items;
using FsCheck;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Affinity;

public sealed class ContextHashTests
{
    private static readonly MessageItem Question = Messages.User("What is it?");

    [Fact]
    public void Current_SameParts_IsTheSameWhetherAddedOneByOneOrTogether()
    {
        using var together = new ContextHash("key", "model");
        together.Add([Question, Messages.Assistant("This.")]);
        using var oneByOne = new ContextHash("key", "model");
        oneByOne.Add(Question);
        var between = oneByOne.Current();
        oneByOne.Add(Messages.Assistant("This."));

        Assert.Equal(together.Current(), oneByOne.Current());
        Assert.NotEqual(between, oneByOne.Current());
    }

    /// <summary>The first 128 bits of the SHA-256 of all values, however they are gathered: an index that another build wrote stays readable.</summary>
    [Property(MaxTest = 300)]
    public void Current_TextsOfAnyLength_IsTheSha256OfAllValues(PositiveInt[] lengths, bool isAskedBetween)
    {
        using var hash = new ContextHash("key", "model");
        var plain = new MemoryStream();
        AddText("key");
        AddText("model");
        foreach (var length in lengths)
        {
            var text = new string('x', length.Get * 37 % 3000);
            hash.Add(Messages.User(text));
            AddNumber((int)MessageRole.User);
            AddText("");
            AddNumber(0);
            AddText(text);
            AddNumber(-1);
            Assert.True(!isAskedBetween || hash.Current() == Expected());
        }

        Assert.Equal(Expected(), hash.Current());

        Digest Expected() => Digest.Read(SHA256.HashData(plain.ToArray()));

        void AddNumber(int number) => plain.Write(BitConverter.GetBytes(number));

        void AddText(string text)
        {
            AddNumber(text.Length);
            plain.Write(Encoding.Unicode.GetBytes(text));
        }
    }

    public static TheoryData<string, string, Item[]> Others =>
        new()
        {
            { "other", "model", [Question] },
            { "key", "other", [Question] },
            { "keym", "odel", [Question] },
            { "key", "model", [Question with { Role = MessageRole.System }] },
            { "key", "model", [Question with { Name = "Ann" }] },
            { "key", "model", [Question with { Parts = [new RefusalPart("What is it?")] }] },
            { "key", "model", [Question with { Parts = [.. Question.Parts, new ImagePart("https://example.com/a.png")] }] },
            { "key", "model", [new ToolResultItem("", Question.Parts)] },
            { "key", "model", [new ReasoningItem("What is it?")] },
            { "key", "model", [Question, new ToolCallItem("1", "f", "{}")] },
            { "key", "model", [Messages.User("What is"), Messages.User(" it?")] },
        };

    [Theory]
    [MemberData(nameof(Others))]
    public void Current_AnyPartDiffers_Differs(string key, string model, Item[] messages)
    {
        using var one = new ContextHash("key", "model");
        one.Add(Question);
        using var other = new ContextHash(key, model);
        other.Add(messages);

        Assert.NotEqual(one.Current(), other.Current());
    }

    public static TheoryData<Item, Item> OtherItems =>
        new()
        {
            { new ToolCallItem("1", "f", "{}"), new ToolCallItem("2", "f", "{}") },
            { new ToolCallItem("1", "f", "{}"), new ToolCallItem("1", "g", "{}") },
            { new ToolCallItem("1", "f", "{}"), new ToolCallItem("1", "f", "{\"a\":1}") },
            { new ToolCallItem("1", "f", "{}"), new ToolCallItem("1", "f", "{}", ToolKind.Custom) },
            { new ToolResultItem("1", []), new ToolResultItem("2", []) },
            { new ToolResultItem("1", []), new ToolResultItem("1", [], IsError: true) },
            { new ToolResultItem("1", []), new ToolResultItem("1", [new TextPart("x")]) },
            { new ReasoningItem("a", "b"), new ReasoningItem("a", "c") },
            { new OpaqueItem("a", "{}"), new OpaqueItem("b", "{}") },
            { WithPart(new ImagePart("u", "low")), WithPart(new ImagePart("u", "high")) },
            { WithPart(new FilePart("id", null)), WithPart(new FilePart(null, "id")) },
            { WithPart(new AudioPart("d", "wav")), WithPart(new AudioPart("d", "mp3")) },
        };

    [Theory]
    [MemberData(nameof(OtherItems))]
    public void Current_AnyMemberOfAnItemDiffers_Differs(Item one, Item other) => Assert.NotEqual(HashOf(one), HashOf(other));

    [Fact]
    public void Current_TextInSeveralPartsOrAnotherId_IsTheSame()
    {
        var parts = new MessageItem(MessageRole.User, [new TextPart("What "), new TextPart("is it?")], Id: "msg_1");

        Assert.Equal(HashOf(Question), HashOf(parts));
    }

    /// <summary>Clients read a call's arguments and write them again.</summary>
    [Fact]
    public void Current_ArgumentsWrittenAnew_IsTheSame() =>
        Assert.Equal(
            HashOf(new ToolCallItem("1", "f", """{"a":"é","b":[1,2]}""")),
            HashOf(new ToolCallItem("1", "f", """{ "a": "\u00e9", "b": [1, 2] }"""))
        );

    /// <summary>Such a call must not make its conversation fail, also where it was stored by an earlier version.</summary>
    [Theory]
    [InlineData("""{"a":"\ud83d"}""", """{"a":"\ufffd"}""")]
    [InlineData("""{"\uDC00":[{"b":"\ud83d\ud83d\ude42"}]}""", """{"\ufffd":[{"b":"\ufffd🙂"}]}""")]
    public void Current_ArgumentsWithHalfASurrogatePair_AreThoseWithUFffd(string half, string mended) =>
        Assert.Equal(HashOf(new ToolCallItem("1", "f", mended)), HashOf(new ToolCallItem("1", "f", half)));

    [Fact]
    public void Current_MarksAmongTheParts_IsTheSame()
    {
        var mark = new OpaquePart(DialectNames.AnthropicMarks, """{"cache_control":{"type":"ephemeral"}}""");
        var marked = new MessageItem(MessageRole.User, [new TextPart("What "), mark, new TextPart("is it?"), mark]);

        Assert.Equal(HashOf(Question), HashOf(marked));
    }

    private static MessageItem WithPart(Part part) => new(MessageRole.User, [part]);

    private static Digest HashOf(Item item)
    {
        using var hash = new ContextHash("key", "model");
        hash.Add(item);
        return hash.Current();
    }
}
