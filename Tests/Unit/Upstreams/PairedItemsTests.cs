using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Upstreams;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Upstreams;

public sealed class PairedItemsTests
{
    private static readonly MessageItem User = MessageItem.Of(MessageRole.User, "user");
    private static readonly MessageItem Assistant = MessageItem.Of(MessageRole.Assistant, "assistant");

    [Fact]
    public void AContextInOrder_StaysTheSameArray()
    {
        ImmutableArray<Item> context = [User, Call("a"), Call("b"), Result("b"), Result("a"), Assistant, User];

        Assert.True(PairedItems.Of(context) == context);
    }

    [Fact]
    public void AResultAfterTheNextMessage_GoesBackToItsCall()
    {
        var paired = PairedItems.Of([User, Call("a"), Call("b"), User, Result("a"), Result("b")]);

        Assert.Equal([User, Call("a"), Call("b"), Result("a"), Result("b"), User], paired);
    }

    [Fact]
    public void ACallWithTheIdOfAnEarlierCall_GetsAnotherId_AndSoDoesItsResult()
    {
        var paired = PairedItems.Of([User, Call("a"), Result("a"), Assistant, Call("a"), Result("a"), User]);

        Assert.Equal(
            ["a", "a", "a_2", "a_2"],
            paired.Select(static item => (item as ToolCallItem)?.CallId ?? (item as ToolResultItem)?.CallId).OfType<string>()
        );
    }

    [Fact]
    public void AResultAfterTheAssistantWentOn_IsToldByTheUser_InItsPlace()
    {
        var paired = PairedItems.Of([User, Call("a"), User, Assistant, Result("a")]);

        Assert.Equal([User, Call("a"), User, Assistant, Told("a")], paired);
    }

    [Fact]
    public void AResultWithoutACall_IsToldByTheUser_AndOneThatIsEmptyIsLeftOut()
    {
        var paired = PairedItems.Of([User, Result("gone"), new ToolResultItem("gone too", []), User]);

        Assert.Equal([User, Told("gone"), User], paired);
    }

    [Fact]
    public void AResultWhoseCallMayBeInAnItemOfTheProvider_Stays()
    {
        ImmutableArray<Item> context = [new OpaqueItem(DialectNames.OpenAiResponses, "{}"), Result("in it"), User];

        Assert.Equal(context, PairedItems.Of(context));
    }

    [Fact]
    public void CallsOfTheOldForm_GetIds()
    {
        var paired = PairedItems.Of([User, new ToolCallItem("", "f", "{}"), new ToolResultItem("", [new TextPart("7")], Name: "f")]);

        Assert.Equal([User, new ToolCallItem("call_1", "f", "{}"), new ToolResultItem("call_1", [new TextPart("7")], Name: "f")], paired);
    }

    [Property]
    public Property EachResult_FollowsTheTurnThatCalled_AndNothingIsLost() =>
        Prop.ForAll(
            Gen.OneOf(
                    Gen.Constant<Item>(User),
                    Gen.Constant<Item>(Assistant),
                    Gen.Constant<Item>(new ReasoningItem("thought")),
                    Gen.Elements("a", "b", "c").Select(Item (id) => Call(id)),
                    Gen.Elements("a", "b", "c").Select(Item (id) => Result(id))
                )
                .ArrayOf()
                .ToArbitrary(),
            items =>
            {
                var paired = PairedItems.Of([.. items]);
                return paired.Length == items.Length
                    && Texts(paired).Order(StringComparer.Ordinal).SequenceEqual(Texts(items).Order(StringComparer.Ordinal))
                    && IsAccepted(paired)
                    && (
                        !items.Any(static item => item is ToolResultItem)
                        || CallIdsOf(paired).Distinct().Count() == CallIdsOf(paired).Count()
                    )
                    && PairedItems.Of(paired).SequenceEqual(paired);
            }
        );

    /// <summary>The rule of providers: between a call and its result are only the rest of the assistant's turn and its other results.</summary>
    private static bool IsAccepted(ImmutableArray<Item> context)
    {
        var open = new List<string>();
        var calling = false;
        foreach (var item in context)
        {
            switch (item)
            {
                case ToolResultItem result:
                    calling = false;
                    if (!open.Remove(result.CallId))
                    {
                        return false;
                    }

                    break;
                case MessageItem { Role: MessageRole.User }:
                    open.Clear();
                    calling = false;
                    break;
                default:
                    if (!calling)
                    {
                        open.Clear();
                        calling = true;
                    }

                    if (item is ToolCallItem toolCall)
                    {
                        open.Add(toolCall.CallId);
                    }

                    break;
            }
        }

        return true;
    }

    private static IEnumerable<string> Texts(IEnumerable<Item> items) =>
        items.Select(static item =>
            item switch
            {
                MessageItem message => message.Text,
                ToolResultItem result => result.Text,
                ToolCallItem call => "call " + call.CallId.Split('_')[0],
                _ => "thought",
            }
        );

    private static IEnumerable<string> CallIdsOf(IEnumerable<Item> items) =>
        items.OfType<ToolCallItem>().Select(static call => call.CallId);

    private static ToolCallItem Call(string id) => new(id, "f", "{}");

    private static ToolResultItem Result(string id) => new(id, [new TextPart("result of " + id)]);

    private static MessageItem Told(string id) => MessageItem.Of(MessageRole.User, "result of " + id);
}
