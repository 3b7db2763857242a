using FlowGpt.Grains.Upstreams.FlowGpt;

namespace FlowGpt.Tests.Unit.Upstreams.FlowGpt;

public sealed class DeviceIdTests
{
    [Fact]
    public void From_EveryByte_HitsEveryCharacterEquallyOften()
    {
        var characters = Enumerable
            .Range(0, 256)
            .Select(value => DeviceId.From([.. Enumerable.Repeat((byte)value, DeviceId.Length)]))
            .ToList();

        Assert.All(characters, id => Assert.True(DeviceId.IsValid(id)));
        Assert.All(characters.GroupBy(id => id), group => Assert.Equal(4, group.Count()));
        Assert.Equal(64, characters.Distinct().Count());
    }

    [Fact]
    public void From_TooFewBytes_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => DeviceId.From(new byte[20]));

    [Theory]
    [InlineData("V1StGXR8_Z5jdHi6B-myT", true)]
    [InlineData("V1StGXR8_Z5jdHi6B-my", false)]
    [InlineData("V1StGXR8_Z5jdHi6B-my.", false)]
    [InlineData(null, false)]
    public void IsValid_Text_TellsItsForm(string? id, bool valid) => Assert.Equal(valid, DeviceId.IsValid(id));
}
