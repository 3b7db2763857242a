using FlowGpt.ApiFrontend.Errors;

namespace FlowGpt.Tests.Unit.ApiFrontend.Errors;

public sealed class GatewayErrorsTests
{
    [Theory]
    [InlineData("", "***")]
    [InlineData("sk-15characters", "***")]
    [InlineData("sk-0123456789abcdef", "sk-***ef")]
    public void Mask_Key_ShowsLittleOfIt(string key, string expected) => Assert.Equal(expected, GatewayErrors.Mask(key));
}
