using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Json;

namespace FlowGpt.Tests.Unit.Simulator.Behaviour;

public sealed class DirectiveParserTests
{
    [Fact]
    public void Parse_EverySetting_IsRead()
    {
        var directive = DirectiveParser.Parse(
            "hi [[sim: tokens=64 chars=3 first=50ms per=1.5s prefix=\"text:**X Response:** \" flush cr blank separators escape"
                + " no-last-line-end split events garbage=false error=data fault=reset-after:10 retry-after=5]]"
        );

        Assert.Null(directive.Problem);
        Assert.Equal("hi", directive.Question);
        Assert.Equal(
            new BehaviourSettings
            {
                ReplyTokens = 64,
                FragmentCharacters = 3,
                FirstTokenDelay = TimeSpan.FromMilliseconds(50),
                TokenDelay = TimeSpan.FromMilliseconds(1500),
                Prefix = "text:**X Response:** ",
                FlushEachToken = true,
                CarriageReturns = true,
                BlankLines = true,
                LineSeparators = true,
                EscapeNonAscii = true,
                OmitLastLineEnd = true,
                SplitCharacters = true,
                NonTextEvents = true,
                GarbageLines = false,
                ErrorShape = ErrorShape.Data,
                Fault = new FaultSettings
                {
                    Kind = FaultKind.ResetAfter,
                    After = 10,
                    RetryAfterSeconds = 5,
                },
            },
            directive.Settings
        );
    }

    [Theory]
    [InlineData("no directive", "no directive")]
    [InlineData("[[sim: flush]] first", "first")]
    [InlineData("in [[sim: flush]] the middle", "in the middle")]
    [InlineData("two [[sim: flush]] of [[sim:tokens=2]]", "two of")]
    [InlineData("not [sim: x] one", "not [sim: x] one")]
    [InlineData("[[sim: flush]]", "")]
    public void Parse_Directives_AreNotPartOfTheQuestion(string text, string question)
    {
        Assert.Equal(question, DirectiveParser.Parse(text).Question);
    }

    [Theory]
    [InlineData("tokns=4", "'tokns' is unknown; known are tokens, ")]
    [InlineData("tokens=four", "tokens: 'four' is not a value for it")]
    [InlineData("tokens=0", "replyTokens must be from 1 to 1000000")]
    [InlineData("per=20", "per: '20' is not a value for it")]
    [InlineData("flush=maybe", "flush: 'maybe' is not a value for it")]
    [InlineData("prefix=nobody", "prefix must be one of none, ")]
    [InlineData("fault=explode", "fault: 'explode' is not a value for it")]
    [InlineData("fault=status", "fault.status must be from 400 to 599")]
    [InlineData("usage=somewhere", "usage: 'somewhere' is not a value for it")]
    [InlineData("extra={1}", "openAi.extraFields must be a JSON object in a string")]
    [InlineData("fault=reset-after:x", "fault: 'reset-after:x' is not a value for it")]
    public void Parse_WrongSetting_IsNamed(string setting, string problem)
    {
        var directive = DirectiveParser.Parse($"hi [[sim: {setting}]]");

        Assert.StartsWith("sim directive: " + problem, directive.Problem, StringComparison.Ordinal);
        Assert.Null(directive.Settings);
    }

    [Fact]
    public void Parse_EveryFaultKind_HasItsKebabName()
    {
        foreach (var kind in Enum.GetValues<FaultKind>())
        {
            var name = KebabName<FaultKind>.Of(kind) + (kind == FaultKind.Status ? ":451" : "");
            Assert.Equal(kind, DirectiveParser.Parse($"hi [[sim: fault={name}]]").Settings!.Fault!.Kind);
        }
    }
}
