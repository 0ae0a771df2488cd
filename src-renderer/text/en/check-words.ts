/** Words that two people compare by voice: 256 short ones that do not sound alike. The number of a word is its place; never change the order. */
export const checkWords = (
  'acid acorn actor adult agent album alarm alley amber angle ankle apple apron arrow asphalt atlas attic autumn badge bagel baker bamboo banjo barrel basil basket beacon beaver bench berry bishop blanket ' +
  'blossom bottle bowl branch brick bridge bronze broom bucket buffalo bugle butter button cabin cactus camel candle canoe canyon carbon carpet castle cedar cello chalk cherry chess chimney cider cinema ' +
  'circus clover cobra cocoa coffee comet compass copper coral cotton cousin cradle crater cricket crystal curtain cushion dahlia daisy dancer desert diamond dinner doctor dolphin donkey dragon drawer drum eagle ' +
  'easel echo elbow elephant ember engine envelope fabric falcon feather fiddle filter flamingo flute forest fossil fountain fox galaxy garden garlic gecko ginger giraffe glacier goblet gravel guitar hammer ' +
  'harbor harvest hazel helmet heron hockey honey hotel iceberg igloo indigo island ivory jacket jaguar jasmine jelly jigsaw jungle kayak kettle kitchen kiwi ladder lagoon lantern lemon leopard lettuce library ' +
  'lizard lobster lotus lumber magnet mango maple marble market meadow melon meteor mirror mitten monkey mosaic moth mountain muffin museum napkin nectar needle nickel noodle nutmeg oasis ocean octopus olive ' +
  'onion opera orbit orchid otter oyster paddle palace panda papaya parrot peanut pebble pelican pencil pepper piano pigeon pillow pirate planet plaza pocket pony popcorn potato prairie prism pumpkin puzzle ' +
  'quartz rabbit radar raven ribbon river robin rocket saddle saffron salmon sandal sapphire satchel saturn scarf sculptor shadow siren spider ' +
  'sunset swan table talon tango tiger timber toast tomato tower trumpet tulip tunnel turtle umbrella valley velvet violin volcano walnut walrus whisper willow window zebra'
).split(' ')
