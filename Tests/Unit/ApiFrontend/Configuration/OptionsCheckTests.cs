using System.ComponentModel.DataAnnotations;
using FlowGpt.ApiFrontend.Configuration;
using Microsoft.Extensions.Configuration;

namespace FlowGpt.Tests.Unit.ApiFrontend.Configuration;

public sealed class OptionsCheckTests
{
    private readonly List<string> _problems = [];

    [Fact]
    public void Read_GoodValues_AreBound()
    {
        var options = Read(("Count", "7"), ("Wait", "00:00:05"), ("Inner:On", "true"), ("Names:0", "a"));

        Assert.Empty(_problems);
        Assert.Equal((7, TimeSpan.FromSeconds(5), true), (options!.Count, options.Wait, options.Inner.On));
        Assert.Equal(["a"], options.Names);
    }

    [Fact]
    public void Read_ValuesThatDoNotConvert_AreAllNamedWithWhatIsExpected()
    {
        Assert.Null(Read(("Count", "many"), ("Wait", "soon"), ("Inner:On", "perhaps"), ("Day", "Someday")));

        Assert.Equal(
            [
                "Test:Count = \"many\": is not a whole number.",
                "Test:Day = \"Someday\": is not one of Sunday, Monday, Tuesday, Wednesday, Thursday, Friday, Saturday.",
                "Test:Inner:On = \"perhaps\": is not true or false.",
                "Test:Wait = \"soon\": is not a length of time. Give hours:minutes:seconds, for example 00:00:30.",
            ],
            _problems.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Read_MisspeltKey_IsNamedWithWhatThereIs()
    {
        Assert.Null(Read(("Cuont", "1")));

        Assert.Equal("Test:Cuont: is not a setting. Test has: Count, Day, Inner, Names, Wait.", Assert.Single(_problems));
    }

    [Fact]
    public void Read_OutOfRange_IsNamedByItsKey()
    {
        Assert.Null(Read(("Count", "11")));

        Assert.Equal("Test:Count must be between 1 and 10.", Assert.Single(_problems));
    }

    private TestOptions? Read(params (string Key, string Value)[] values)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(values.Select(static one => KeyValuePair.Create($"Test:{one.Key}", (string?)one.Value)))
            .Build();
        return OptionsCheck.Read<TestOptions>(configuration, TestOptions.Section, _problems);
    }

    public sealed class TestOptions
    {
        public const string Section = "Test";

        [Range(1, 10)]
        public int Count { get; set; } = 1;

        public TimeSpan Wait { get; set; }

        public DayOfWeek? Day { get; set; }

        public InnerOptions Inner { get; set; } = new();

        public List<string> Names { get; set; } = [];
    }

    public sealed class InnerOptions
    {
        public bool On { get; set; }
    }
}
