using FlowGpt.Grains.Interfaces.Addresses;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Addresses;

/// <summary>An id is read back to its address by its own client alone, and no other text is an id.</summary>
public sealed class AddressCodecTests
{
    private const string Letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_. \0é";

    private static readonly AddressKey First = Key(1);
    private static readonly AddressKey Second = Key(2);

    [Property(MaxTest = 500)]
    public Property Id_OfAnyAddress_IsReadBackByItsClientAlone() =>
        ForAny(random =>
        {
            var codec = new AddressCodec(new AddressKeys([First]));
            var address = Address(random);
            var id = codec.Mint("resp_", address);

            Assert.True(codec.TryRead("resp_", id, address.ClientKeyId, out var read));
            Assert.Equal(address, read);
            Assert.False(codec.TryRead("resp_", id, address.ClientKeyId + "x", out _));
            Assert.False(codec.TryRead("msg_", "msg_" + id["resp_".Length..], address.ClientKeyId, out _));
            Assert.Matches("^resp_[0-9a-z]+$", id);
        });

    [Property(MaxTest = 1000)]
    public Property Id_ChangedAnywhere_IsUnknown() =>
        ForAny(random =>
        {
            var codec = new AddressCodec(new AddressKeys([First, Second]));
            var address = Address(random);
            var id = codec.Mint("resp_", address);
            var at = random.Next(id.Length + 1);
            var letter = Letters[random.Next(Letters.Length)].ToString();
            var changed = random.Next(3) switch
            {
                0 => id.Insert(at, letter),
                1 => id.Remove(Math.Min(at, id.Length - 1), 1),
                _ => id.Remove(Math.Min(at, id.Length - 1), 1).Insert(Math.Min(at, id.Length - 1), letter),
            };

            Assert.Equal(changed == id, codec.TryRead("resp_", changed, address.ClientKeyId, out _));
        });

    [Property(MaxTest = 300)]
    public Property AnyText_ThatNobodyMinted_IsUnknown() =>
        ForAny(random =>
        {
            var text = new string([
                .. Enumerable.Range(0, random.Next(200)).Select(_ => Letters[random.Next(random.Next(2) == 0 ? 32 : Letters.Length)]),
            ]);

            Assert.False(new AddressCodec(new AddressKeys([First])).TryRead("resp_", "resp_" + text, "master", out _));
        });

    [Fact]
    public void Keys_AfterANewOne_ReadOldIdsAndMintNew()
    {
        var address = Address(new Random(7));
        var old = new AddressCodec(new AddressKeys([First]));
        var both = new AddressCodec(new AddressKeys([First, Second]));

        Assert.True(both.TryRead("resp_", old.Mint("resp_", address), address.ClientKeyId, out _));
        Assert.False(old.TryRead("resp_", both.Mint("resp_", address), address.ClientKeyId, out _));
        Assert.False(
            new AddressCodec(new AddressKeys([Key(1, salt: 9)])).TryRead("resp_", old.Mint("resp_", address), address.ClientKeyId, out _)
        );
    }

    [Theory]
    [InlineData("", AddressKind.Conversation, "c")]
    [InlineData("master", AddressKind.Conversation, "a/b")]
    [InlineData("master", AddressKind.Host, "no hash")]
    [InlineData("master", (AddressKind)9, "c")]
    public void Mint_OfWhatNoIdCanHold_Throws(string clientKeyId, AddressKind kind, string place) =>
        Assert.Throws<ArgumentException>(() =>
            new AddressCodec(new AddressKeys([First])).Mint("resp_", new ResponseAddress(clientKeyId, kind, place, Guid.Empty))
        );

    [Fact]
    public void Key_AsText_ShowsNoSecret() => Assert.Equal("address key 1", First.ToString());

    private static Property ForAny(Action<Random> holds) =>
        Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue - 1)), seed => holds(new Random(seed)));

    private static AddressKey Key(byte version, byte salt = 0) =>
        new(version, [.. Enumerable.Range(0, 32).Select(i => (byte)(i + version + salt))]);

    private static ResponseAddress Address(Random random)
    {
        var kind = (AddressKind)random.Next(1, 4);
        var bytes = new byte[16];
        random.NextBytes(bytes);
        var turn = new Guid(bytes);
        random.NextBytes(bytes);
        return new ResponseAddress(
            $"key_{random.Next()}",
            kind,
            kind == AddressKind.Conversation ? new string('c', random.Next(1, 65)) : Convert.ToHexStringLower(bytes),
            turn
        );
    }
}
