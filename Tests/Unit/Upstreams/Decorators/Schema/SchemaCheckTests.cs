using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Upstreams.Decorators.Schema;

namespace FlowGpt.Tests.Unit.Upstreams.Decorators.Schema;

public sealed class SchemaCheckTests
{
    private const string Trip = """
        {"$schema":"http://json-schema.org/draft-07/schema#","$id":"https://example.com/trip","type":"object","properties":{
        "city":{"type":"string","minLength":1},"days":{"type":"integer","minimum":1},"kind":{"enum":["work","leisure"]},
        "hotel":{"anyOf":[{"$ref":"#/$defs/hotel"},{"type":"null"}]},"code":{"type":"string","pattern":"^[A-Z]{3}$"}},
        "required":["city","days"],"additionalProperties":false,"$defs":{"hotel":{"type":"object","properties":{"name":{"type":"string"},"next":{"$ref":"#/$defs/hotel"}},"required":["name"]}}}
        """;

    [Theory]
    [InlineData("""{"city":"Oslo","days":2}""", true)]
    [InlineData("""{"city":"Oslo","days":2,"kind":"work","hotel":{"name":"A","next":{"name":"B"}},"code":"OSL"}""", true)]
    [InlineData("""{"city":"Oslo","days":2,"hotel":null}""", true)]
    [InlineData("""{"city":"Oslo"}""", false)]
    [InlineData("""{"city":"Oslo","days":0}""", false)]
    [InlineData("""{"city":"Oslo","days":2,"kind":"other"}""", false)]
    [InlineData("""{"city":"Oslo","days":2,"hotel":{"name":"A","next":{}}}""", false)]
    [InlineData("""{"city":"Oslo","days":2,"code":"oslo"}""", false)]
    [InlineData("""{"city":"Oslo","days":2,"more":1}""", false)]
    [InlineData("[]", false)]
    public void ProblemOf_AValue_FollowsTheSchema(string value, bool isRight) =>
        Assert.Equal(isRight, Check(Trip).ProblemOf(value) is null);

    [Theory]
    [InlineData("""{"city":"Oslo","days":"2"}""", """{"city":"Oslo","days":2}""")]
    [InlineData("""{"city":5,"days":2,"kind":null}""", """{"city":"5","days":2}""")]
    [InlineData("""{"city":"Oslo","days":2,"hotel":null}""", """{"city":"Oslo","days":2,"hotel":null}""")]
    public void Fit_ValuesWithoutDoubt_GetTheSchemasTypes(string value, string expected) =>
        Assert.Equal((expected, null), Check(Trip).Fit(value));

    [Theory]
    [InlineData("""{"$ref":"https://example.com/x.json"}""", "may only point into its own schema")]
    [InlineData("""{"$ref":"file:///etc/passwd"}""", "may only point into its own schema")]
    [InlineData("""{"properties":{"a":{"$ref":"#/$defs/none"}}}""", "which it does not define")]
    [InlineData("""{"properties":{"a":{"$id":"https://example.com/a","type":"string"}}}""", "'$id'")]
    [InlineData("""{"type":"any"}""", "is not valid")]
    [InlineData("""{"pattern":"(?=a)b"}""", "is not valid")]
    [InlineData("""{"pattern":"("}""", "is not valid")]
    [InlineData("""{"patternProperties":{"^(a+)+$":{}}}""", "'patternProperties' is not supported")]
    [InlineData("""{"required":"a"}""", "is not valid")]
    [InlineData("nonsense", "is not valid")]
    public void Build_SchemaThatCannotBeHonoured_SaysWhy(string schema, string problem)
    {
        var (check, found) = SchemaCheck.Build(schema);

        Assert.Null(check);
        Assert.Contains(problem, found, StringComparison.Ordinal);
    }

    /// <summary>Schemas whose check would never end, or would overflow the stack, give a problem.</summary>
    [Theory]
    [InlineData("""{"$ref":"#"}""")]
    [InlineData("""{"allOf":[{"$ref":"#/$defs/a"}],"$defs":{"a":{"anyOf":[{"$ref":"#/$defs/a"}]}}}""")]
    [InlineData("""{"properties":{"n":{"allOf":[{"$ref":"#"},{"$ref":"#"}]}},"additionalProperties":false}""")]
    public void ProblemOf_SchemaWithoutEnd_Ends(string schema)
    {
        var value = string.Concat(Enumerable.Repeat("{\"n\":", 40)) + "{}" + new string('}', 40);

        var (check, problem) = SchemaCheck.Build(schema);

        Assert.NotNull(check is null ? problem : check.ProblemOf(value));
    }

    [Fact]
    public void ProblemOf_PatternThatBacktracks_TakesLinearTime() =>
        Assert.NotNull(Check("""{"type":"string","pattern":"^(a+)+$"}""").ProblemOf($"\"{new string('a', 50_000)}!\""));

    [Fact]
    public void Build_DeepOrLongSchema_IsRefused()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"not\":", 5_000)) + "{}" + new string('}', 5_000);

        Assert.NotNull(SchemaCheck.Build(deep).Problem);
        Assert.NotNull(SchemaCheck.Build($"{{\"description\":\"{new string('x', 300_000)}\"}}").Problem);
    }

    [Theory]
    [InlineData("""{"city":"Oslo","days":2}""")]
    [InlineData("Sure! Here you go:\n```json\n{\"city\":\"Oslo\",\"days\":2}\n```\nAnything else?")]
    [InlineData("The {answer} is: {'city': 'Oslo', 'days': '2',} as asked.")]
    public void Read_JsonInsideOtherText_IsTakenOut(string reply) =>
        Assert.Equal(
            """{"city":"Oslo","days":2}""",
            FormatCheck.Build(new(ResponseFormatKind.JsonSchema, "trip", Trip)).Check!.Read(reply).Json
        );

    [Theory]
    [InlineData("No.")]
    [InlineData("""{"city":"Oslo","days":""")]
    [InlineData("""["city"]""")]
    public void Read_NoJsonObject_IsAProblem(string reply)
    {
        var (json, problem) = FormatCheck.Build(new(ResponseFormatKind.JsonObject)).Check!.Read(reply);

        Assert.Null(json);
        Assert.NotNull(problem);
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","minLength":1}}}""", """{"a":"\ud800"}""", true)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","pattern":"x"}}}""", """{"a":"\ud800"}""", false)]
    [InlineData("""{"type":"object","additionalProperties":false,"properties":{"\ud800":{}}}""", """{"\udc00":1}""", true)]
    [InlineData("""{"enum":["\ud800"]}""", "\"\\ud83d\"", true)]
    public void ProblemOf_HalfASurrogatePair_IsUFffd(string schema, string value, bool isRight) =>
        Assert.Equal(isRight, Check(schema).ProblemOf(value) is null);

    /// <summary>Readers differ in which of two members of one name counts.</summary>
    [Theory]
    [InlineData("""{"a":1,"a":"x"}""")]
    [InlineData("""{"a":1,"\u0061":1}""")]
    [InlineData("""{"b":[{"c":{"d":1,"d":1}}]}""")]
    public void Read_TwoMembersOfOneName_AreAProblem(string reply)
    {
        var schema = """{"type":"object","properties":{"a":{"type":"integer"}}}""";

        Assert.NotNull(Check(schema).Fit(reply).Problem);
        Assert.Contains(
            "same name",
            FormatCheck.Build(new(ResponseFormatKind.JsonSchema, "x", schema)).Check!.Read(reply).Problem,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "same name",
            FormatCheck.Build(new(ResponseFormatKind.JsonObject)).Check!.Read(reply).Problem,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Fit_TextOfAnObjectWithTwoMembersOfOneName_IsAProblem()
    {
        const string Schema = """{"type":"object","properties":{"o":{"type":"object","properties":{"a":{"type":"integer"}}}}}""";

        Assert.NotNull(Check(Schema).Fit("""{"o":"{\"a\":1,\"a\":2}"}""").Problem);
    }

    [Theory]
    [InlineData("""{"type":"string"}""", true, false)]
    [InlineData("""{"type":"string"}""", null, true)]
    [InlineData("""{"$ref":"#/$defs/n","$defs":{"n":{"type":"integer"}}}""", true, false)]
    [InlineData("""{"enum":["a","b"]}""", true, false)]
    [InlineData("""{"type":["string","array"]}""", true, true)]
    [InlineData("""{"anyOf":[{"type":"string"},{"type":"object"}]}""", true, true)]
    public void Build_StrictSchemaOfNeitherObjectsNorArrays_IsRefused(string schema, bool? strict, bool isTaken) =>
        Assert.Equal(isTaken, FormatCheck.Build(new(ResponseFormatKind.JsonSchema, "x", schema, strict)).Problem is null);

    private static SchemaCheck Check(string schema)
    {
        var (check, problem) = SchemaCheck.Build(schema);
        Assert.Null(problem);
        return check!;
    }
}
